"""Stuck sensors: the same value again and again, for longer than the signal's resolution and its own habits explain."""

from typing import Final

from detectors.artefacts import Usual

LONGER: Final = 20.0
"""Times the usual run of equal readings. Were readings independent, a run of 20 usual lengths had a chance of e^-20; in
recordings of streamed vital signs the longest run is some ten times the usual one."""
_KNOWN: Final = 10
"""Changes seen before a series' own habit counts."""
_UNKNOWN: Final = 2.0
"""A series that has hardly ever changed (a pacemaker, a ventilator) must stand still for this many times longer."""


def stuck(run: float, lasted: float, seen: float, changes: float, usual: Usual) -> bool:
    """Whether ``run`` equal readings over ``lasted`` ms are too many, in a series of ``seen`` readings before them with
    ``changes`` changes of value.

    >>> hr = Usual(30, 80, 60, 1_800_000)
    >>> stuck(60, 3_540_000, 500, 400, hr), stuck(59, 3_540_000, 500, 400, hr), stuck(60, 3_540_000, 500, 20, hr)
    (True, False, False)
    """
    if changes < _KNOWN:
        return run >= _UNKNOWN * usual.same and lasted >= _UNKNOWN * usual.same_for
    return run >= max(usual.same, LONGER * seen / changes) and lasted >= usual.same_for
