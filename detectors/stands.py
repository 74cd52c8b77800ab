"""How things stood with patients at the moments of a batch: the newest value of each signal, and what it counts."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.columns import Bools, Floats, Index, Ints

Codes = NDArray[np.uint8]
WIDTH: Final = 8
"""Columns kept a patient: a power of two, so that a cell's number tells patient and column."""
BURDEN: Final = 32
"""Bit of a cell's code: its newest fresh reading counted against the patient."""
STALE: Final = 64
"""Bit of a cell's code: its newest reading was late or retained."""
WEIGHT: Final = 0x13
"""Bits of a cell's code that say what its value counts."""
ALARMING: Final = 16
"""What a value that alone may open something adds to a moment's weight: more than seven others together can."""
CODE: Final = np.array([0, 1 | BURDEN, 2 | BURDEN, ALARMING | BURDEN], np.uint8)
"""Codes of the weights 0..3."""
_EACH_BYTE: Final = np.array(0x0101010101010101, np.uint64)  # arrays: a bare number costs a message more
WEIGHTS: Final = np.array(_EACH_BYTE * np.uint64(WEIGHT))
"""The same bits of eight codes."""
_TOP: Final = np.array(56, np.uint64)


class Cells(NamedTuple):
    """Of n moments by columns: the newest value, when it was measured, and its code."""

    value: Floats
    time: Ints
    code: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """n moments (patient, time) of a batch, sorted by both unless ``single``: every patient has one.

    ``patient`` codes, ``at`` times, ``judged``: something measured then is to be judged; ``weight``: what the newest
    values then count together at most, ALARMING or more when one of them alone may open something; ``stood``: how
    things stood at each moment, or, where there is one a patient, by patient.
    """

    patient: Index
    at: Ints
    judged: Bools
    weight: Index
    single: bool
    stood: Cells

    def cells(self, rows: Index) -> Cells:
        """How things stood at those moments."""
        places = self.patient[rows] if self.single else rows
        value, time, code = self.stood
        return Cells(value[places], time[places], code[places])


def weight(code: Codes) -> Index:
    """[n] The sum of the weights of each row of codes [n, WIDTH].

    >>> weight(CODE[[[1, 2, 0, 0, 3, 0, 0, 1]]]).tolist()
    [20]
    """
    return added(np.ascontiguousarray(code).view(np.uint64)[:, 0])


def added(rows: NDArray[np.uint64]) -> Index:
    """The same of rows of eight codes each taken as one number: eight bytes at once, added up by a multiplication."""
    found: Index = (rows & WEIGHTS) * _EACH_BYTE >> _TOP
    return found


def source(filled: Bools, first: Bools) -> Index:
    """[n, WIDTH] For each cell, taken flat, the one where it was last ``filled``, or of its patient's first moment."""
    number = np.arange(filled.size).reshape(filled.shape)
    number[~(filled | first[:, None])] = 0
    found: Index = np.maximum.accumulate(number, axis=0)
    return found
