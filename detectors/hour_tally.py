"""All that an hour's row says beside its total, in one number: hour, whether fresh, readings below the mark, count."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.columns import Bools, Ints
from detectors.hour_lot import Lot

MOST: Final = 65_535
"""Readings that an hour counts at most (18 a second)."""
FRESH: Final = np.int64(1 << 32)
NOBODYS: Final = -1 << 63
"""Of an hour that never was."""
_BELOW: Final = 16
_SHIFT: Final = {"count": 0, "below": _BELOW, "fresh": 32, "hour": 33}


def tallies(lot: Lot) -> tuple[Ints, Ints]:
    """Totals and tallies of rows. An hour of more readings than can be counted keeps its mean.

    >>> one = np.array([1])
    >>> total, tally = tallies(Lot(one, one * 490_000, one * 90_000, one * 70_000, one * 7, one > 0))
    >>> [said(name, tally).tolist() for name in ("hour", "fresh", "below", "count")], total.tolist()
    ([[490000], [True], [7], [65535]], [84259])
    """
    share = np.minimum(1.0, MOST / np.maximum(lot.count, 1))
    whole = bool((share == 1).all())
    total, count, below = (
        column if whole else np.rint(column * share).astype(np.int64) for column in (lot.total, lot.count, lot.below)
    )
    return total, (lot.hour << _SHIFT["hour"]) + np.where(lot.fresh, FRESH, 0) + (below << _BELOW) + count


def said(name: str, tally: Ints) -> NDArray[Any]:
    """What tallies say of the hour, count, below or fresh."""
    found: NDArray[Any] = tally >> _SHIFT[name]
    if name == "fresh":
        return found & 1 > 0
    return found if name == "hour" else found & MOST


def more(lot: Lot) -> Ints:
    """What the readings of a lot add to the tally of their hour."""
    return lot.count + (lot.below << _BELOW)


def room_for(lot: Lot, tally: Ints) -> bool:
    """Whether the readings of a lot can be added without beginning again from zero."""
    return int((tally & MOST).max()) <= MOST - int(lot.count.sum())


def first_fresh(lot: Lot, tally: Ints) -> Bools:
    """Which rows of a lot are the first fresh ones of their hours."""
    first: Bools = lot.fresh & (tally & FRESH == 0)
    return first
