"""Jumps: steps that no body makes within two minutes, where there is too little past for the Hampel identifier."""

from typing import Final

from vitals.times import MINUTE

WITHIN: Final = 2 * MINUTE
"""Later, a step says nothing: much can happen between two readings."""


def jump(apart: int, before: float, value: float, most: float) -> bool:
    """Whether ``value``, ``apart`` ms after ``before``, is further from it than ``most`` (the signal's unit).

    >>> jump(5_000, 36.8, 40.1, 2.5), jump(3_600_000, 36.8, 40.1, 2.5)
    (True, False)
    """
    return 0 <= apart <= WITHIN and abs(value - before) > most
