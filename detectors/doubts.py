"""Weights in doubt: somebody else may have stood on the scale, until weighings of other days say otherwise."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detectors.artefacts import Reason
from detectors.artefacts_person import REMEMBERED, new_truth, of_one_person, other_person
from detectors.columns import Ints
from detectors.rings import Rings
from vitals.batch import Batch, Quality

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_MANY: Final = 10


class Doubted(NamedTuple):
    """A reading in doubt, as it came; the fields stand as a batch's columns do."""

    code: int
    time: int
    value: float
    received: int
    quality: int


class Weighings:
    """What waits of each scale; ``plans`` by series code. A few readings a day, so each is looked at by itself."""

    def __init__(self, rings: Rings) -> None:
        self._rings = rings
        self._waiting: dict[int, list[Doubted]] = {}
        self.plans: dict[int, SignalQuality] = {}

    def warm(self, code: int, doubted: list[Doubted]) -> None:
        """Take up what was in doubt, oldest first."""
        self._waiting[code] = doubted[-_MANY:]

    def past(self, code: int) -> list[tuple[int, float]]:
        """(time, kg) of the newest accepted weighings, oldest first."""
        time, value = self._rings.tail(code, REMEMBERED)
        return list(zip(time.tolist(), value.tolist(), strict=True))

    def judge(self, now: Doubted, past: list[tuple[int, float]]) -> tuple[Reason, list[Doubted]]:
        """Why a weight is doubted (or NONE) after ``past`` accepted ones, and which doubted ones it confirms."""
        if not past:
            return Reason.NONE, []
        plan, kilograms = self.plans[now.code], np.array([value for _, value in past])
        before = self._waiting.get(now.code, [])
        alike = before if of_one_person([(d.time, d.value) for d in before], now.value) else []
        # What is doubted no more, for it has been long, says as much of those before it as one more in doubt would.
        true = new_truth([(d.time, d.value) for d in (*alike, now)], plan.weight_days)
        apart = now.time - past[-1][0]
        if true or not other_person(now.value, kilograms, apart, plan.weight_apart, plan.weight_share):
            self._waiting.pop(now.code, None)
            return Reason.NONE, alike if true else []
        self._waiting[now.code] = [*alike, now][-_MANY:]
        return Reason.PERSON, []


def in_doubt(history: Batch, why: Ints) -> list[list[Doubted]]:
    """The newest readings of each series of a history (sorted by series and time), where they are in doubt (``why``
    [n], a Reason): one of a stream, the last few of a scale.
    """
    ends = np.flatnonzero(np.append(history.series[1:] != history.series[:-1], len(history) > 0))
    found = []
    for end in ends[np.isin(why[ends], (Reason.NOISE, Reason.PERSON))].tolist():
        row, most = end, end + 1 if why[end] == Reason.PERSON else 1
        while row >= 0 and end - row < most and history.series[row] == history.series[end] and why[row] == why[end]:
            row -= 1
        found.append(_of_one([doubted(history, at) for at in range(row + 1, end + 1)]))
    return found


def _of_one(some: list[Doubted]) -> list[Doubted]:
    """Who stood on a scale last, and before that without anybody else between."""
    waiting: list[Doubted] = []
    for one in some:
        alike = of_one_person([(d.time, d.value) for d in waiting], one.value)
        waiting = [*waiting, one] if alike else [one]
    return waiting


def doubted(batch: Batch, row: int) -> Doubted:
    """The reading in that row, as it came."""
    quality = int(batch.quality[row]) & ~int(Quality.ARTEFACT)
    return Doubted(
        int(batch.series[row]), int(batch.time[row]), float(batch.value[row]), int(batch.received[row]), quality
    )
