"""What is known to hold, by rule; and the edges where marks change it."""

from typing import Final, NamedTuple

import numpy as np

from detectors.columns import Bools, Index, Ints, Levels, room
from detectors.masks import all_of
from detectors.windows import HIGHEST, Marks


class Edges(NamedTuple):
    """Changes in the order of the samples: at which ``sample``, from and to which level, and the onset they carry."""

    sample: Index
    before: Levels
    after: Levels
    onset: Ints


_NONE: Final = Edges(np.zeros(0, np.intp), np.zeros(0, np.int8), np.zeros(0, np.int8), np.zeros(0, np.int64))


class Known:
    """Level (int8) and onset (int64 ms) of one rule for each thing watched, by its number."""

    def __init__(self) -> None:
        self.level: Levels = np.zeros(0, np.int8)
        self.onset: Ints = np.zeros(0, np.int64)

    def grow(self, size: int) -> None:
        """Make room for numbers below ``size``."""
        self.level, self.onset = room(self.level, size, 0), room(self.onset, size, 0)

    def put(self, number: int, level: int, onset: int) -> None:
        """Know what was told."""
        self.level[number], self.onset[number] = level, onset

    def apply(self, of: Index, segment: Index, samples: Index, marks: Marks) -> Edges:
        """Take in the marks at ``samples`` (ascending), each of thing ``of[segment]``; returns what they change.

        >>> known = Known()
        >>> known.grow(1)
        >>> marks = Marks.of([2, -1, 2, 0], [10, 20, 30, 40])
        >>> edges = known.apply(np.array([0]), np.array([0, 0, 0, 0]), np.array([0, 1, 2, 3]), marks)
        >>> edges.sample.tolist(), edges.after.tolist(), edges.onset.tolist()
        ([0, 3], [2, 0], [10, 10])
        """
        things = of[segment[samples]]
        level, floor, ceiling = self.level[things], marks.floor[samples], marks.ceiling[samples]
        if all_of((floor <= level) & (level <= ceiling)):
            return _NONE  # nearly always: what is told holds, and the marks agree
        told = edges(self.level, self.onset, things, Marks(floor, ceiling, marks.onset[samples]))
        return told._replace(sample=samples[told.sample])


def edges(level: Levels, onset: Ints, things: Index, marks: Marks) -> Edges:
    """Known levels and onsets take in a mark of each of ``things``, as ``Known.apply`` says; a thing's own stand
    together, in the order of time. Their numbers are the ``sample`` of edges.
    """
    telling = _telling(things, marks.floor, marks.ceiling).nonzero()[0]
    things, floor, ceiling = things[telling], marks.floor[telling], marks.ceiling[telling]
    first = _firsts(things)
    before = np.empty(len(telling), np.int8)
    after = np.minimum(np.maximum(level[things], floor), ceiling)
    if not all_of(first):
        after = _composed(np.where(first, after, floor), np.where(first, after, ceiling), first)
    before[first] = level[things[first]]
    before[~first] = after[(~first).nonzero()[0] - 1]
    changed = before != after
    since = _onsets(onset[things], before, after, marks.onset[telling], first)
    last = np.ones(len(first), bool)
    last[:-1] = first[1:]
    level[things[last]], onset[things[last]] = after[last], since[last]
    return Edges(telling[changed], before[changed], after[changed], since[changed])


def _onsets(known: Ints, before: Levels, after: Levels, onset: Ints, first: Bools) -> Ints:
    """A condition keeps the onset it opened with, whatever becomes of it."""
    opens = (before == 0) & (after > 0)
    source = np.maximum.accumulate(np.where(opens | first, np.arange(len(known)), 0))
    return np.where(opens[source], onset[source], known)


def _telling(things: Index, floor: Levels, ceiling: Levels) -> Bools:
    """Leaves out marks that hold, and those that say what the one before said."""
    telling = (floor > 0) | (ceiling < HIGHEST)
    if len(things) > 1:
        at = np.flatnonzero(telling)
        again = (things[at][1:] == things[at][:-1]) & (floor[at][1:] == floor[at][:-1])
        again &= ceiling[at][1:] == ceiling[at][:-1]
        telling[at[1:][again]] = False
    return telling


def _firsts(things: Index) -> Bools:
    first = np.ones(len(things), bool)
    first[1:] = things[1:] != things[:-1]
    return first


def _composed(floor: Levels, ceiling: Levels, first: Bools) -> Levels:
    """The level after each mark. Marks are clips and clips compose to clips, so doubling steps fold a run of any
    length (Hillis and Steele, Data parallel algorithms, 1986); where floor meets ceiling the level is settled.
    """
    start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    step = 1
    while True:
        open_ = np.flatnonzero((floor != ceiling) & (np.arange(len(first)) - step >= start))
        if not len(open_):
            return floor
        low, high = floor[open_ - step], ceiling[open_ - step]
        floor[open_], ceiling[open_] = (
            np.clip(low, floor[open_], ceiling[open_]),
            np.clip(high, floor[open_], ceiling[open_]),
        )
        step *= 2
