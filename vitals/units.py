"""UCUM conversions into each signal's own unit, as a factor and an offset."""

from typing import Final

from vitals.signals import SIGNALS, Signal

_F: Final = (5 / 9, -160 / 9)
_MMOL_GLUCOSE: Final = 18.0156  # mg/dL per mmol/L: glucose is 180.156 g/mol
_AFFINE: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "/min": {"1/min": (1, 0), "{beats}/min": (1, 0), "{breaths}/min": (1, 0), "/s": (60, 0), "Hz": (60, 0)},
    "%": {"{fraction}": (100, 0)},
    "Cel": {"[degF]": _F, "K": (1, -273.15)},
    "mm[Hg]": {"kPa": (7.500616827, 0), "cm[Hg]": (10, 0), "mbar": (0.7500616827, 0), "hPa": (0.7500616827, 0)},
    "mg/dL": {"mmol/L": (_MMOL_GLUCOSE, 0), "g/L": (100, 0), "mg/L": (0.1, 0)},
    "kg": {"g": (0.001, 0), "[lb_av]": (0.45359237, 0), "[stone_av]": (6.35029318, 0)},
    "L/min": {"mL/min": (0.001, 0)},
    "1": {},
}
"""Source: UCUM 2.1 definitions; glucose by its molar mass."""

SPELLINGS: Final = {
    "bpm": "/min", "brpm": "/min", "beats/min": "/min", "breaths/min": "/min", "min-1": "/min",
    "C": "Cel", "°C": "Cel", "degC": "Cel", "celsius": "Cel", "F": "[degF]", "°F": "[degF]", "degF": "[degF]",
    "mmHg": "mm[Hg]", "mm Hg": "mm[Hg]", "lb": "[lb_av]", "lbs": "[lb_av]", "st": "[stone_av]",
    "mg/dl": "mg/dL", "mmol/l": "mmol/L", "percent": "%", "l/min": "L/min", "lpm": "L/min",
}  # fmt: skip
"""What devices write, and the UCUM code it means."""


DECIMALS: Final = 6
"""What a converted value is rounded to: finer than any device, coarser than what binary fractions leave."""


class UnitError(ValueError):
    """A unit that cannot become the signal's own."""


def conversion(signal: Signal, unit: str) -> tuple[float, float]:
    """Factor and offset from ``unit`` (UCUM, or a known device spelling) to the signal's unit.

    >>> from vitals.signals import BY_NAME
    >>> conversion(BY_NAME["weight"], "lb")
    (0.45359237, 0)
    >>> conversion(BY_NAME["weight"], "mm[Hg]")
    Traceback (most recent call last):
    ...
    vitals.units.UnitError: unit 'mm[Hg]' is no unit of weight: send kg, g, [lb_av], [stone_av]
    """
    code = SPELLINGS.get(unit, unit)
    if code == signal.unit:
        return (1, 0)
    try:
        return _AFFINE[signal.unit][code]
    except KeyError:
        known = ", ".join((signal.unit, *_AFFINE[signal.unit]))
        raise UnitError(f"unit {unit!r} is no unit of {signal.name}: send {known}") from None


def convert(signal: Signal, value: float, unit: str) -> float:
    """``value`` in ``unit`` as a number in the signal's own unit.

    >>> from vitals.signals import BY_NAME
    >>> round(convert(BY_NAME["temperature"], 98.6, "[degF]"), 2)
    37.0
    """
    return converted(value, *conversion(signal, unit))


def converted(value: float, factor: float, offset: float) -> float:
    """The same with a known factor and offset, to DECIMALS: what binary fractions leave beyond them lies over no limit.

    >>> 100.4 * 5 / 9 - 160 / 9, converted(100.4, 5 / 9, -160 / 9)
    (38.00000000000001, 38.0)
    """
    return value if factor == 1 and offset == 0 else round(value * factor + offset, DECIMALS)


def every_conversion() -> list[tuple[Signal, str, float, float]]:
    """All (signal, unit, factor, offset) that are known, for tests and documentation."""
    return [(s, u, f, o) for s in SIGNALS for u, (f, o) in _AFFINE[s.unit].items()]
