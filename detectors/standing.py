"""How patients stand with a detector of weights: what they may weigh before a look is due, and what keeps a level."""

from typing import Final

import numpy as np

from detectors.columns import Bools, Index, Ints, Levels, room
from detectors.known import Known

WEIGHTS: Final = 128
"""Eight signals together weigh less than this."""
_UNTOLD: Final = -1


class Standing:
    """By patient code. Who weighs less than ``limit``, and of whom nothing is told, opens nothing.

    >>> standing = Standing(Known())
    >>> standing.grow(2)
    >>> standing.plan(0, 5, np.array([0] * 5 + [2] * 123, np.int8), 1000)
    >>> standing.limit.tolist(), standing.keep(np.array([0]), np.array([2]), np.array([3])).tolist()
    ([5, 0], [False])
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self.limit: Index = np.zeros(0, np.uint64)
        """Nobody of whom something is told stays below it."""
        self.calm: Index = np.zeros(0, np.uint64)
        """The same, whatever is told."""
        self.max_age: Ints = np.zeros(0, np.int64)
        self._table: Index = np.zeros(0, np.int32)
        self._floors: Levels = np.full((1, WEIGHTS), _UNTOLD, np.int8)
        self._numbers: dict[bytes, int] = {}

    def grow(self, patients: int) -> None:
        """Make room for codes below ``patients``."""
        self._known.grow(patients)
        self.limit, self.calm = room(self.limit, patients, 0), room(self.calm, patients, 0)
        self.max_age, self._table = room(self.max_age, patients, 0), room(self._table, patients, 0)

    def plan(self, patient: int, calm: int, floors: Levels | None, max_age: int) -> None:
        """Below ``calm`` nothing opens; ``floors`` [WEIGHTS]: the level that weights make at least, if they tell it."""
        self.calm[patient], self.max_age[patient] = calm, max_age
        self._table[patient] = 0 if floors is None else self._number(floors)
        self.told(np.array([patient]))

    def told(self, patients: Index) -> None:
        """What is known of them may have changed."""
        self.limit[patients] = np.where(self._known.level[patients] > 0, 0, self.calm[patients])

    def keep(self, patients: Index, least: Index, most: Index) -> Bools:
        """Whose level stays as it is while what they weigh lies between these two."""
        level, table = self._known.level[patients], self._table[patients]
        keeps: Bools = (level > 0) & (self._floors[table, least] == level) & (self._floors[table, most] == level)
        return keeps

    def _number(self, floors: Levels) -> int:
        key = floors.tobytes()
        if key not in self._numbers:
            self._numbers[key] = len(self._floors)
            self._floors = np.concatenate([self._floors, floors[None]])
        return self._numbers[key]
