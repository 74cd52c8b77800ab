"""What is known to hold of each series, by rule; and what marks change of it."""

from typing import Final, NamedTuple

import numpy as np

from detectors.columns import Bools, Index, Ints, Levels, room
from detectors.known import edges
from detectors.masks import any_of
from detectors.windows import Marks, Windows


class Changes(NamedTuple):
    """k changes, rule by rule, and in the order of the samples: of which ``rule``, at which ``sample``, to which level
    (``after``), and the ``onset`` they carry.
    """

    rule: Index
    sample: Index
    after: Levels
    onset: Ints


_NONE: Final = Changes(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.int8), np.zeros(0, np.int64))


class Told:
    """Level (int8) and onset (int64 ms) by rule and series, [rules, series]."""

    def __init__(self, rules: int) -> None:
        self.level: Levels = np.zeros((rules, 0), np.int8)
        self.onset: Ints = np.zeros((rules, 0), np.int64)

    def grow(self, size: int) -> None:
        """Make room for codes below ``size``."""
        self.level, self.onset = room(self.level, size, 0), room(self.onset, size, 0)

    def put(self, rule: int, code: int, level: int, onset: int) -> None:
        """Know what was told."""
        self.level[rule, code], self.onset[rule, code] = level, onset

    def disagree(self, codes: Index, windows: Windows, marks: Marks) -> Bools:
        """[rules, k] Which new samples of windows of ``codes`` say something else than what is known."""
        level, samples = self.level[:, codes[windows.segment[windows.fresh]]], windows.fresh
        found: Bools = marks.floor[:, samples] > level
        found |= marks.ceiling[:, samples] < level
        return found

    def apply(self, codes: Index, windows: Windows, marks: Marks) -> Changes:
        """Take in the marks at the new samples of windows of ``codes``; returns what they change."""
        disagree = self.disagree(codes, windows, marks)
        if not any_of(disagree):
            return _NONE  # nearly always: what is told holds, and the marks agree
        segment = windows.segment[windows.fresh]
        changing = np.zeros(len(codes), bool)
        changing[segment[disagree.any(axis=0)]] = True
        some = changing[segment]
        if not any_of(some[1:] & (segment[1:] == segment[:-1])):
            return self._apply_one(codes, windows, marks, disagree)
        return self._apply_runs(codes[segment[some]], windows.fresh[some], marks)

    def _apply_one(self, codes: Index, windows: Windows, marks: Marks, disagree: Bools) -> Changes:
        """One new sample in each series where one disagrees: it is a change."""
        rule, at = disagree.nonzero()
        sample = windows.fresh[at]
        code = codes[windows.segment[sample]]
        before = self.level[rule, code]
        after = np.minimum(np.maximum(before, marks.floor[rule, sample]), marks.ceiling[rule, sample])
        onset = np.where(before == 0, marks.onset[rule, sample], self.onset[rule, code])
        self.level[rule, code], self.onset[rule, code] = after, onset
        return Changes(rule, sample, after, onset)

    def _apply_runs(self, codes: Index, samples: Index, marks: Marks) -> Changes:
        """All rules at once, each a thing of its own for every series."""
        rules, size = self.level.shape
        things = (np.arange(rules)[:, None] * size + codes).ravel()
        said = Marks(
            marks.floor[:, samples].ravel(), marks.ceiling[:, samples].ravel(), marks.onset[:, samples].ravel()
        )
        told = edges(self.level.reshape(-1), self.onset.reshape(-1), things, said)
        rule, at = np.divmod(told.sample, len(samples))
        return Changes(rule, samples[at], told.after, told.onset)
