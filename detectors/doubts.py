"""Readings in doubt: a value that stands out waits for the next one, a weight for those of other days."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detectors.artefacts import WEIGHT, Reason, Usual
from detectors.artefacts_hampel import WIDTH, confirmed, spike
from detectors.artefacts_jump import jump
from detectors.artefacts_person import REMEMBERED, new_truth, of_one_person, other_person
from detectors.base import Floats, Ints
from detectors.ward import Ward
from vitals.batch import Batch, Quality
from vitals.signals import SIGNALS
from vitals.times import MINUTE

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_WAITS: Final = 30 * MINUTE
"""Later, the next reading says nothing about the doubted one."""
_MANY: Final = 10


class Doubted(NamedTuple):
    """A reading in doubt, as it came; the fields stand as a batch's columns do."""

    code: int
    time: int
    value: float
    received: int
    quality: int


class Doubts:
    """The rule for streams: *doubted at most once, and never for growing worse*.

    A reading that stands out is an artefact for now; the next one is taken as it is, and where it lies nearer to the
    doubted one than to what was before, both are true. So a fall from 97 to 84 % alarms when it would have without
    this, and a single 84 never does. Who is outside the plan's limits already is not doubted for going further.
    """

    def __init__(self, ward: Ward) -> None:
        self._ward = ward
        self._waiting: dict[int, list[Doubted]] = {}
        self.plans: dict[int, SignalQuality] = {}
        self._signal: list[int] = []

    def grow(self, size: int) -> None:
        """New series are in the table."""
        self._signal = self._ward.series.signal_codes()[:size].tolist()

    def floor(self, code: int, usual: Usual) -> float:
        """How near the last accepted reading a next one needs no look: with one in doubt, and for weights, none."""
        return -1.0 if code in self._waiting or self._signal[code] == WEIGHT else usual.floor

    def warm(self, history: Batch, why: Ints) -> list[int]:
        """Take up what was in doubt: the newest readings of a series, where they are artefacts; returns the series."""
        ends = np.flatnonzero(np.append(history.series[1:] != history.series[:-1], len(history) > 0))
        for end in ends.tolist():
            row, code = end, int(history.series[end])
            waiting: list[Doubted] = []
            most = _MANY if why[end] == Reason.PERSON else 1
            while row >= 0 and history.series[row] == code and len(waiting) < most:
                if why[row] not in (Reason.NOISE, Reason.PERSON):
                    break
                waiting.insert(0, doubted(history, row))
                row -= 1
            if waiting:
                self._waiting[code] = waiting
        return list(self._waiting)

    def judge(self, now: Doubted, usual: Usual, time: Ints, value: Floats) -> tuple[Reason, list[Doubted]]:
        """Why a reading is doubted (or NONE), and which doubted ones it confirms.

        ``time`` and ``value`` are accepted readings of its series that its ring does not hold yet, in no order.
        """
        held, past = self._ward.rings.tail(now.code, max(WIDTH, REMEMBERED))
        if len(time):
            held, past = np.concatenate([held, time]), np.concatenate([past, value])
            if (held[1:] < held[:-1]).any():
                order = np.argsort(held, kind="stable")
                held, past = held[order], past[order]
        if not len(past):
            return Reason.NONE, []
        if self._signal[now.code] == WEIGHT:
            return self._weighing(now, held, past)
        return self._streamed(now, held, past, usual)

    def _streamed(self, now: Doubted, time: Ints, past: Floats, usual: Usual) -> tuple[Reason, list[Doubted]]:
        waiting = self._waiting.pop(now.code, [])
        if waiting and now.time - waiting[-1].time <= _WAITS:
            both = confirmed(float(past[-1]), waiting[-1].value, now.value)
            return Reason.NONE, [waiting[-1]] if both else []
        last = float(past[-1])
        odd = abs(now.value - last) > usual.floor and spike(now.time, now.value, time, past, usual)
        odd = odd or jump(now.time - int(time[-1]), last, now.value, usual.jump)
        if odd and not self._worsens(now, last):
            self._waiting[now.code] = [now]
            return Reason.NOISE, []
        return Reason.NONE, []

    def _worsens(self, now: Doubted, last: float) -> bool:
        """Whether the last accepted reading was outside the plan's limits already, and this one is further out."""
        patient, _, signal = self._ward.series.keys[now.code]
        limits = self._ward.plan(patient).limits_for(SIGNALS[signal].name)
        if limits is None:
            return False
        low = limits.alert_low if limits.warning_low is None else limits.warning_low
        high = limits.alert_high if limits.warning_high is None else limits.warning_high
        return (low is not None and now.value < last < low) or (high is not None and now.value > last > high)

    def _weighing(self, now: Doubted, time: Ints, past: Floats) -> tuple[Reason, list[Doubted]]:
        plan = self.plans[now.code]
        if not other_person(now.value, past, now.time - int(time[-1]), plan.weight_apart, plan.weight_share):
            self._waiting.pop(now.code, None)
            return Reason.NONE, []
        before = self._waiting.get(now.code, [])
        alike = before if of_one_person([(d.time, d.value) for d in before], now.value) else []
        if new_truth([(d.time, d.value) for d in (*alike, now)], plan.weight_days):
            self._waiting.pop(now.code, None)
            return Reason.NONE, alike
        self._waiting[now.code] = [*alike, now][-_MANY:]
        return Reason.PERSON, []


def doubted(batch: Batch, row: int) -> Doubted:
    """The reading in that row, as it came."""
    quality = int(batch.quality[row]) & ~int(Quality.ARTEFACT)
    return Doubted(
        int(batch.series[row]), int(batch.time[row]), float(batch.value[row]), int(batch.received[row]), quality
    )
