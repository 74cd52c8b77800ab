"""The thresholds of the gate for every series: a few distinct rows of numbers, and which of them each series has."""

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.artefacts import USUAL, Usual
from detectors.columns import Floats, Index, room
from detectors.ward import Ward
from vitals.plan import CarePlan
from vitals.series import SeriesKey
from vitals.signals import SIGNALS

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

FAR, JUMP, SAME, SAME_FOR, APART, LOW, HIGH = range(7)
"""``artefacts.Usual``, and the limits of the plan: who is beyond them already is not doubted for going further."""
_UNUSUAL: Final = Usual()
"""Signals that nothing is known of: neither spikes nor stuck."""


class UsualRows:
    """By series code."""

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._numbers: dict[tuple[float, ...], int] = {}
        self._row: Index = np.zeros(0, np.int32)
        self._table: Floats = np.zeros((0, HIGH + 1))
        self._size = 0

    def forget(self) -> None:
        """The plans have changed: the next ``grow`` looks all of them up."""
        self._size = 0

    def grow(self) -> slice:
        """Look up the plans of series that are new in the table; returns which those are."""
        new = slice(self._size, self._ward.rings.size)
        plain: dict[int, int] = {}
        rows = [self._number(key, plain) for key in self._ward.series.keys[new]]
        self._row = room(self._row, new.stop, 0)
        self._row[new] = rows
        if len(self._numbers) > len(self._table):
            self._table = np.array(list(self._numbers))
        self._size = new.stop
        return new

    def of(self, codes: Index | slice) -> Floats:
        """[k, 7] the rows of these series."""
        return self._table[self._row[codes]]

    def _number(self, key: SeriesKey, plain: dict[int, int]) -> int:
        """Patients without limits and parameters of their own share a row by signal."""
        plan = self._ward.plan(key.patient)
        own = bool(plan.limits or plan.parameters)
        if own or key.signal not in plain:
            signal = SIGNALS[key.signal].name
            usual = self._ward.tuned(self._detector, plan).usual(USUAL.get(signal, _UNUSUAL))
            number = self._numbers.setdefault((*usual, *_limits(plan, signal)), len(self._numbers))
            if own:
                return number
            plain[key.signal] = number
        return plain[key.signal]


def _limits(plan: CarePlan, signal: str) -> tuple[float, float]:
    """Beyond which a value is outside the plan's limits; infinite where there are none."""
    limits = plan.limits_for(signal)
    if limits is None:
        return -np.inf, np.inf
    low = limits.alert_low if limits.warning_low is None else limits.warning_low
    high = limits.alert_high if limits.warning_high is None else limits.warning_high
    return -np.inf if low is None else low, np.inf if high is None else high
