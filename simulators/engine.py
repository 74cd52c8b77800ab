"""The fleet's machinery: ticks of equal length, each worked out whole, so that nothing depends on who asks when."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulators.effect import Effects
from simulators.episodes import Episode
from simulators.group import Group
from simulators.patient import Cohort
from simulators.publication import Publication
from simulators.status import StatusBoard
from vitals.times import MINUTE

_ROWS_A_TICK = 1000


class Placed(NamedTuple):
    """An episode and whose: the patient's row."""

    patient: int
    episode: Episode


def tick_for(interval: int | None, devices: int) -> int:
    """The length of a tick, ms: no device measures twice in one, and about a thousand devices measure in one.

    >>> tick_for(60_000, 10), tick_for(1_000, 5_000), tick_for(None, 3)
    (60000, 200, 60000)
    """
    if interval is None:
        return MINUTE
    fair = interval * _ROWS_A_TICK // max(devices, 1)
    return max(1, min(interval, MINUTE, max(fair, 50)))


class Engine:
    """Advances a cohort tick by tick and gathers what its devices publish, in order of time."""

    def __init__(
        self,
        cohort: Cohort,
        groups: Sequence[Group],
        *,
        board: StatusBoard,
        placed: Sequence[Placed],
        events: Sequence[Publication],
        start: int,
        tick: int,
    ) -> None:
        self._cohort, self._groups, self._board = cohort, groups, board
        self._waiting = deque(sorted(placed, key=lambda p: p.episode.onset))
        self._active: list[Placed] = []
        self._events = deque(sorted(events, key=lambda p: p.time))
        self._next, self._tick = start, tick
        self._ready: deque[Publication] = deque()

    def until(self, now: int) -> list[Publication]:
        """Everything due up to and including ``now`` that was not handed out yet."""
        while self._next <= now:
            self._ready.extend(self._work(self._next, self._next + self._tick))
            self._next += self._tick
        out = []
        while self._ready and self._ready[0].time <= now:
            out.append(self._ready.popleft())
        return out

    def _work(self, start: int, end: int) -> list[Publication]:
        due = [(group, group.due(end)) for group in self._groups]
        due = [(group, devices) for group, devices in due if devices.size]
        self._advance(start, due)
        out = list(self._board.until(end))
        for group, devices in due:
            out += group.publish(devices, self._cohort.latest)
        for group in self._groups:
            out += group.released(start, end)
        while self._events and self._events[0].time < end:
            out.append(self._events.popleft())
        out.sort(key=lambda publication: publication.time)
        return out

    def _advance(self, now: int, due: list[tuple[Group, NDArray[np.int64]]]) -> None:
        """Bring the patients whose devices measure in this tick to its beginning."""
        if not due:
            return
        wanted = np.zeros(len(self._cohort), np.bool_)
        for group, devices in due:
            wanted[group.rows[devices]] = True
        rows = None if wanted.all() else np.flatnonzero(wanted)
        self._cohort.advance(now, rows, self._effects(now, wanted))

    def _effects(self, now: int, wanted: NDArray[np.bool_]) -> list[tuple[int, Effects]]:
        while self._waiting and self._waiting[0].episode.onset <= now:
            self._active.append(self._waiting.popleft())
        self._active = [placed for placed in self._active if placed.episode.end > now]
        return [(placed.patient, placed.episode.effect(now)) for placed in self._active if wanted[placed.patient]]
