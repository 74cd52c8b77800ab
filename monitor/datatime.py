"""A recording's own time: when, between its readings, a bank is swept."""

from collections.abc import Iterable, Iterator
from typing import Final

from vitals.batch import Batch
from vitals.times import DAY, HOUR, MINUTE

STEP: Final = MINUTE
"""Readings of one minute of data time go through together."""


def paced(batches: Iterable[Batch], first: int, often: int = 5 * MINUTE) -> Iterator[tuple[int, Batch | None]]:
    """The batches, each with the time of its last reading; between them None, with the time of each sweep that is due.

    Sweeps are due on whole multiples of ``often`` ms after ``first``; hourly once nobody has sent for a day, since a
    recording may hold people of different years. A sweep that is due within a batch comes after it: what is measured on
    the stroke of an hour belongs to that hour, and in a recording nothing else is under way.

    >>> batch = Batch.of([0, 0], [HOUR, HOUR + 30_000], [1.0, 2.0], [HOUR] * 2)
    >>> [(now // MINUTE, step is None) for now, step in paced([batch], HOUR - 7 * MINUTE)]
    [(55, True), (60, False), (60, True)]
    """
    last = first
    for batch in batches:
        begins, ends = int(batch.time[0]), int(batch.time[-1])
        for now in _due(last, begins - 1, often):
            yield now, None
        yield ends, batch
        if ends // often > (max(begins - 1, last)) // often:
            yield ends, None
        last = ends


def _due(last: int, until: int, often: int) -> Iterator[int]:
    """The sweeps due after ``last`` and not after ``until``."""
    soon = min(until, last + DAY)
    yield from range((last // often + 1) * often, soon + 1, often)
    slow = max(often, HOUR)
    yield from range((max(soon, last) // slow + 1) * slow, until + 1, slow)
