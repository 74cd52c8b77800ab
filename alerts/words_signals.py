"""Signals by name, and their values, as people of a language read them."""

from typing import Any, Final

from alerts.language import ENGLISH, Language, mark
from vitals.signals import BY_NAME

TITLES: Final = (
    mark("Heart rate"),
    mark("Oxygen saturation"),
    mark("Respiration rate"),
    mark("Body temperature"),
    mark("Systolic pressure"),
    mark("Diastolic pressure"),
    mark("Glucose"),
    mark("Body weight"),
    mark("Oxygen flow"),
    mark("Consciousness"),
)
"""The titles of ``vitals.signals``, marked for the catalogue."""
_MADE: Final = {
    "shock_index": mark("Shock index (heart rate / systolic pressure)"),
    "modified_shock_index": mark("Shock index (heart rate / mean pressure)"),
    "pulse_pressure": mark("Pulse pressure (systolic − diastolic)"),
    "mean_pressure": mark("Mean arterial pressure"),
    "saturation_per_breath": mark("Saturation per breath"),
}
"""Quantities made of several signals."""


def title(name: str, lang: Language = ENGLISH) -> str:
    """A signal's title; a name that we do not know as it is.

    >>> from alerts.language import language
    >>> title("spo2"), title("spo2", language("es")), title("odd_thing")
    ('Oxygen saturation', 'Saturación de oxígeno', 'Odd thing')
    """
    signal = BY_NAME.get(name)
    text = signal.title if signal else _MADE.get(name)
    return lang.say(text) if text else spoken(name).capitalize()


def running(name: str, lang: Language = ENGLISH) -> str:
    """The same within a sentence.

    >>> running("heart_rate")
    'heart rate'
    """
    return lowered(title(name, lang))


def lowered(words: str) -> str:
    """Words that stood at the beginning, now within a sentence; abbreviations keep their capitals.

    >>> lowered("Glucose low"), lowered("NEWS2 score raised")
    ('glucose low', 'NEWS2 score raised')
    """
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def shown(name: str, value: Any, lang: Language = ENGLISH) -> str:
    """A value as people read it; anything that is no number as it stands.

    >>> from alerts.language import language
    >>> shown("temperature", 38.26), shown("temperature", 38.26, language("es")), shown("spo2", None)
    ('38.3 °C', '38,3 °C', 'unknown')
    """
    if value is None:
        return lang.say("unknown")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return lang.decimals(BY_NAME[name].show(value)) if name in BY_NAME else lang.number(value)


def difference(name: str, value: float, lang: Language = ENGLISH) -> str:
    """How much more or less, with its sign.

    >>> difference("weight", 2.31), difference("heart_rate", -12.0)
    ('+2.3 kg', '−12 /min')
    """
    sign = "−" if value < 0 else "+"
    return sign + shown(name, abs(value), lang)


def listed(names: Any, lang: Language = ENGLISH) -> str:
    """Signals of a list, within a sentence."""
    return ", ".join(running(str(name), lang) for name in names or ())


def spoken(rule: str) -> str:
    """A name for machines, as words."""
    return rule.replace("_", " ").replace(".", ", ")
