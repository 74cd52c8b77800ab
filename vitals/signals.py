"""The catalogue of signals: what is measured, in which unit, under which codes, and what is plausible."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Signal:
    """A quantity that devices measure.

    ``loinc`` is the code we write and ``loinc_also`` codes we read as the same; ``mdc`` are
    IEEE 11073-10101 codes; ``unit`` is a UCUM code; ``low``/``high`` bound what is plausible in a living
    person (outside, the reading is rejected, not alarmed); ``decimals`` is how it is shown.
    """

    code: int
    name: str
    title: str
    unit: str
    low: float
    high: float
    decimals: int = 0
    loinc: str = ""
    loinc_also: tuple[str, ...] = ()
    mdc: tuple[int, ...] = ()
    shown_unit: str = ""

    def show(self, value: float) -> str:
        """The value with the unit people read.

        >>> BY_NAME["temperature"].show(38.26)
        '38.3 °C'
        """
        if self.name == "consciousness":
            return ACVPU[int(value)]
        return f"{value:.{self.decimals}f} {self.shown_unit or self.unit}"


ACVPU: Final = "ACVPU"
"""Consciousness letters (Royal College of Physicians, NEWS2 2017), stored as 0..4 in this order."""

SIGNALS: Final = (
    Signal(0, "heart_rate", "Heart rate", "/min", 20, 300, 0, "8867-4", (), (147842, 149530, 149546)),
    Signal(1, "spo2", "Oxygen saturation", "%", 40, 100, 0, "59408-5", ("2708-6",), (150456,)),
    Signal(2, "respiration_rate", "Respiration rate", "/min", 3, 80, 0, "9279-1", (), (151562,)),
    Signal(3, "temperature", "Body temperature", "Cel", 30, 44, 1, "8310-5", (), (150344,), "°C"),
    Signal(4, "systolic_bp", "Systolic pressure", "mm[Hg]", 50, 280, 0, "8480-6", (), (150021,), "mmHg"),
    Signal(5, "diastolic_bp", "Diastolic pressure", "mm[Hg]", 20, 180, 0, "8462-4", (), (150022,), "mmHg"),
    Signal(6, "glucose", "Glucose", "mg/dL", 10, 1000, 0, "2339-0", (), ()),
    Signal(7, "weight", "Body weight", "kg", 20, 350, 1, "29463-7", (), (188736,)),
    Signal(8, "oxygen_flow", "Oxygen flow", "L/min", 0, 60, 1, "3151-8", (), ()),
    Signal(9, "consciousness", "Consciousness", "1", 0, 4, 0, "67775-7", (), ()),
)
"""Sources: LOINC and the FHIR R4 vital-signs profile; IEEE 11073-10101; plausible ranges are ours."""

ZERO_WHEN_OFF: Final = frozenset({0, 1, 2, 3, 4, 5})
"""Codes of the vital signs of which monitors send exactly 0 when the probe is off: heart rate, SpO2, respiration,
temperature, both pressures; not glucose, not weight."""

BY_NAME: Final = {signal.name: signal for signal in SIGNALS}
BY_LOINC: Final = {code: s for s in SIGNALS for code in (s.loinc, *s.loinc_also)}
BY_MDC: Final = {code: s for s in SIGNALS for code in s.mdc}


def signal_named(name: str) -> Signal:
    """The signal of that name; KeyError says which names there are.

    >>> signal_named("spo2").unit
    '%'
    """
    try:
        return BY_NAME[name]
    except KeyError:
        raise KeyError(f"no signal {name!r}: one of {', '.join(BY_NAME)}") from None
