"""What was told before a start, against what is read and heard again: a crash may lie between telling and keeping."""

from collections.abc import Iterator
from typing import Final, Protocol, runtime_checkable

import numpy as np

from detectors.base import Watch
from detectors.columns import NEVER, Bools, Index, Ints, room
from detectors.windows import HIGHEST, Marks
from vitals.alert import Alert
from vitals.finding import FindingKey
from vitals.times import MINUTE

AGAIN: Final = MINUTE
"""How long after a start what was not acknowledged may come again."""
_SEEN: Final = "seen"
"""The desk's entry in an alert's evidence: when the reading that showed it was taken."""


def seen(alert: Alert) -> int:
    """When what the alert shows was measured, ms UTC; NEVER where it does not say."""
    time = alert.evidence.get(_SEEN)
    return time if isinstance(time, int) else NEVER


def ended(alert: Alert) -> Iterator[tuple[FindingKey, int]]:
    """Its conditions that are over, and when people were told so.

    >>> from vitals.alert import AlertState
    >>> from vitals.finding import Kind, Severity
    >>> key = FindingKey("limit.low", "p1", "spo2")
    >>> alert = Alert("A", key, Kind.PHYSIOLOGICAL, Severity.HIGH, AlertState.RESOLVED, 0, 0, 60_000, holds=False)
    >>> list(ended(alert)) == [(key, 60_000)]
    True
    """
    return ((it.key, it.cleared) for it in alert.reasons if not it.holds and it.cleared is not None)


@runtime_checkable
class Ends(Watch, Protocol):
    """A watch that judges what the store holds when it starts, and must know what of it is over."""

    def ended(self, key: FindingKey, time: int) -> None:
        """People were told at ``time`` (ms UTC) that this is over."""
        ...


class Recalled:
    """By rule and number of what is watched. A condition is ended by nothing measured before what it was told by, for
    that comes again; and what is older than what was told last (that it is milder, or over) opens nothing: it waits
    until all has come again, and then the newest decides.

    >>> recalled = Recalled()
    >>> recalled.told(0, 3, 1_000)
    >>> marks = Marks.of([[0, 2, 0]], [0, 0, 0])
    >>> spared = recalled.spare(marks, np.array([3, 3, 3]), np.array([900, 950, 1_200]))
    >>> spared.floor.tolist(), spared.ceiling.tolist(), recalled.due(0).tolist()
    ([[0, 0, 0]], [[3, 3, 0]], [3])
    """

    def __init__(self, rules: int = 1) -> None:
        self._told: Ints = np.full((rules, 0), NEVER)
        self._ended: Ints = np.full((rules, 0), NEVER)
        self._newest, self._settled = NEVER, NEVER
        self._waits = set[int]()

    def told(self, rule: int, number: int, time: int) -> None:
        """It holds, as something measured at ``time`` showed."""
        self._told = room(self._told, number + 1, NEVER)
        self._told[rule, number], self._newest = time, max(time, self._newest)

    def ended(self, rule: int, number: int, time: int) -> None:
        """It was over at ``time``."""
        self._ended = room(self._ended, number + 1, NEVER)
        self._ended[rule, number], self._newest = max(time, int(self._ended[rule, number])), max(time, self._newest)

    def start(self, now: int) -> None:
        """From now on what was not acknowledged comes again."""
        self._settled = now + AGAIN

    def spare(self, marks: Marks, things: Index, time: Ints) -> Marks:
        """Marks [rules, n] (or [n]) at those times, without what older ones than told would change."""
        if self._newest == NEVER or not (time <= self._newest).any():
            return marks
        shape = marks.floor.shape
        early, old = self._by(self._told, things, time).reshape(shape), self.old(things, time).reshape(shape)
        self._waits.update(things[(old & (marks.floor > 0)).reshape(-1, len(things)).any(axis=0)].tolist())
        floor, ceiling = np.where(old, 0, marks.floor), np.where(early, HIGHEST, marks.ceiling)
        return Marks(floor.astype(np.int8), ceiling.astype(np.int8), marks.onset)

    def due(self, now: int) -> Index:
        """What is to be judged as of its newest reading, now that all has come again; nothing is older from then on."""
        if self._newest == NEVER or now < self._settled:
            return np.zeros(0, np.intp)
        self._newest, waits = NEVER, sorted(self._waits)
        self._waits.clear()
        return np.array(waits, np.intp)

    def fresh(self, rule: int, marks: Marks, things: Index, time: int) -> Marks:
        """Marks [n] of one rule at one time, without those that are older than what was told."""
        old = self.old(things, np.full(len(things), time, np.int64))[rule]
        floor, ceiling = np.where(old, 0, marks.floor), np.where(old, HIGHEST, marks.ceiling)
        return Marks(floor.astype(np.int8), ceiling.astype(np.int8), marks.onset)

    def old(self, things: Index, time: Ints) -> Bools:
        """[rules, n] What is older than what was told."""
        found: Bools = self._by(self._ended, things, time) | self._by(self._told, things, time)
        return found

    @staticmethod
    def _by(until: Ints, things: Index, time: Ints) -> Bools:
        wide = room(until, int(things.max(initial=-1)) + 1, NEVER)
        found: Bools = time <= wide[:, things]
        return found
