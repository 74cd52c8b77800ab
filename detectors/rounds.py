"""When slow detectors judge: at whole hours, a little later, and a little at a time."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from detectors.columns import Bools, Index, Ints, room
from vitals.times import DAY, HOUR, MINUTE

WAIT: Final = 2 * MINUTE
"""A boundary is judged this long after it: readings that are under way arrive."""
PATIENCE: Final = 30 * MINUTE
"""By then every track is judged, however many there are."""
SLICE: Final = 128
"""Things judged in one go, and"""
SLICE_HOURS: Final = 25_000
"""how many of their hours at most: some ten milliseconds. All detectors together judge one slice a sweep."""
_WHOLE: Final = 16
"""Where nobody waits, slices are so many times as large."""


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """By thing: its ``newest`` fresh hour's end in ms (0 for none since ``Rounds.after``), how many ``belated``
    readings it had, and how many ``stale`` ones. ``cost`` is how many hours there are of one at most.
    """

    newest: Ints
    belated: Index
    stale: Index
    cost: int


class Pace:
    """What all slow detectors of a bank share: how many slices of a sweep are left."""

    def __init__(self) -> None:
        self.left = 0.0
        self.wait = WAIT
        self.rounds: list[Rounds] = []

    def begin(self, *, whole: bool, settled: bool = False) -> None:
        """A new sweep, of all that is due or of a little of it; what is ``settled`` is not waited for."""
        self.left = math.inf if whole else 1
        self.wait = 0 if settled else WAIT

    @property
    def busy(self) -> bool:
        """Something that is due waits for the next sweep."""
        return any(rounds.waiting for rounds in self.rounds)


class Rounds:
    """One detector's boundaries: which things (tracks, patients) to judge as of when.

    A thing is judged as of the boundary that ends its newest fresh hour, so that after an outage, or a start, it is
    found where it would have been found. What a start cannot know (whether it was judged) is judged again: that changes
    nothing, for findings are edges.
    """

    def __init__(self, every: int, pace: Pace, linger: int = 0) -> None:
        if every <= 0 or every % HOUR:
            raise ValueError(f"every {every} ms must be a multiple of an hour, {HOUR} ms")
        self._every, self._pace, self._linger = every, pace, linger
        self._far = -(-DAY // every) * every
        self._last: int | None = None
        self._seen: Index = np.zeros(0, np.uint32)
        self._stale: Index = np.zeros(0, np.uint32)
        self._queue: list[tuple[int, Index]] = []
        self._total = self._done = self._opened = 0
        self._cost = 1
        pace.rounds.append(self)

    @property
    def waiting(self) -> bool:
        """Something is left to judge."""
        return bool(self._queue)

    def due(self, now: int) -> int | None:
        """The boundary to open now, if any: the newest one, once what was opened before is judged."""
        at = (now - self._pace.wait) // self._every * self._every
        return at if not self._queue and (self._last is None or at > self._last) else None

    def ahead(self, end: int) -> int | None:
        """The boundary at or after ``end``, if it is not judged yet."""
        at = -(-end // self._every) * self._every
        return at if self._last is None or at > self._last else None

    def after(self, at: int) -> int:
        """Fresh readings since then (ms) are worth judging."""
        return at - self._far if self._last is None else min(self._last, at - self._far)

    def open(self, at: int, now: int, news: News, holds: Bools) -> None:
        """Queue what is to be judged: things with news, and for a while after their last ones where the detector waits
        for something to be over; and those of which something ``holds`` and that have got stale readings. With none of
        these nothing is asked, for time alone ends nothing.
        """
        newest, belated = news.newest, news.belated
        last = at - self._far if self._last is None else self._last
        fresh = (newest > 0) & ((newest > last) | (belated != room(self._seen, len(belated), 0)[: len(belated)]))
        late = news.stale != room(self._stale, len(belated), 0)[: len(belated)]
        ends = -(-newest // self._every) * self._every
        lingers = (newest > 0) & (at - newest < self._linger)
        when = np.where(fresh & ~lingers, np.clip(ends, last + self._every, at), at)
        chosen = np.flatnonzero(fresh | lingers | (holds & late))
        self._queue = [(end, chosen[when[chosen] == end]) for end in np.unique(when[chosen]).tolist()]
        self._last, self._seen, self._stale = at, belated.copy(), news.stale.copy()
        self._total, self._done, self._opened, self._cost = len(chosen), 0, now, max(1, news.cost)

    def next(self, now: int) -> tuple[int, Index] | None:
        """Some things to judge, and as of when; None when nothing is left, or no time in this sweep."""
        behind = self._done * PATIENCE < self._total * (now - self._opened)
        if not self._queue or (self._pace.left <= 0 and not behind):
            return None
        at, things = self._queue[0]
        most = max(1, min(SLICE, SLICE_HOURS // self._cost)) * (_WHOLE if self._pace.left == math.inf else 1)
        self._queue[:1] = [(at, things[most:])] if len(things) > most else []
        chosen = things[:most]
        self._done += len(chosen)
        self._pace.left -= 1
        return at, chosen
