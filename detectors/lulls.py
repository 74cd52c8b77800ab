"""Good readings of devices in a spell of poor quality, which can end nothing yet: counted only when something may."""

from typing import Final, NamedTuple, Self

import numpy as np

from detectors.columns import NEVER, Index, Ints, room

_MOST: Final = 4_096
"""Readings of one device that wait at most."""


class Rows(NamedTuple):
    """Readings of devices in doubt: code of the series, time, value, and the Reason, 0 of a good one."""

    series: Index
    time: Index
    value: Index
    why: Index

    def of(self, chosen: Index | slice) -> Self:
        """Some of them."""
        return type(self)(*(column[chosen] for column in self))

    @classmethod
    def concat(cls, parts: "list[Rows]") -> "Rows":
        """All rows of several, in their order."""
        return parts[0] if len(parts) == 1 else cls(*map(np.concatenate, zip(*parts, strict=True)))


Part = tuple[Rows, int, int]
"""Some rows, from which to which."""


class Lulls:
    """Holds back what comes before ``until`` of its series; with anything else of its device it is due.

    >>> lulls = Lulls()
    >>> lulls.grow(1)
    >>> lulls.until[0] = 9
    >>> def row(time, why=0): return Rows(np.array([0]), np.array([time]), np.array([97.0]), np.array([why]))
    >>> lulls.due(row(7), np.array([3])), [(d, r.time.tolist()) for d, r in lulls.due(row(8, why=1), np.array([3]))]
    ([], [(3, [8, 7])])
    """

    def __init__(self) -> None:
        self.until: Ints = np.zeros(0, np.int64)
        self._waiting: dict[int, list[Part]] = {}
        self._count: dict[int, int] = {}

    def grow(self, size: int) -> None:
        """Make room for series below ``size``."""
        self.until = room(self.until, size, NEVER)

    def due(self, rows: Rows, device: Index) -> list[tuple[int, Rows]]:
        """Devices (numbers) of which a row is no longer to wait, in the order in which they come, each with its rows
        and with what was held back of it; ``device`` [n] is whose each row is.
        """
        if not len(device):
            return []
        soon = (rows.why > 0) | (rows.time >= self.until[rows.series])
        order = device.argsort(kind="stable")
        rows, whose = rows.of(order), device[order]
        starts = np.append(True, whose[1:] != whose[:-1]).nonzero()[0]
        urgent = np.logical_or.reduceat(soon[order], starts).tolist()
        ends = [*starts[1:].tolist(), len(whose)]
        found: list[tuple[int, int, Rows]] = []
        for number, begins, end, now in zip(whose[starts].tolist(), starts.tolist(), ends, urgent, strict=True):
            count = self._count.get(number, 0) + end - begins
            if now or count > _MOST:
                self._count.pop(number, None)
                parts = [(rows, begins, end), *self._waiting.pop(number, ())]
                found.append((int(order[begins]), number, Rows.concat([some.of(slice(a, b)) for some, a, b in parts])))
            else:
                self._count[number] = count
                self._waiting.setdefault(number, []).append((rows, begins, end))
        return [(number, its) for _, number, its in sorted(found, key=lambda one: one[0])]
