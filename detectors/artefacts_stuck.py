"""Stuck sensors: the same value again and again, for longer than the signal's resolution and its own habits explain."""

from typing import Final

import numpy as np

from detectors.columns import Bools, Floats, Ints

LONGER: Final = 20.0
"""Times the usual run of equal readings. Were readings independent, a run of 20 usual lengths had a chance of e^-20; in
recordings of streamed vital signs the longest run is some ten times the usual one."""
_KNOWN: Final = 10
"""Changes seen before a series' own habit counts."""
_UNKNOWN: Final = 2.0
"""A series that has hardly ever changed (a pacemaker, a ventilator) must stand still for this many times longer."""


def stuck(run: Floats, lasted: Ints, habit: tuple[Floats, Floats], same: Floats, same_for: Floats) -> Bools:
    """[k] Whether ``run`` equal readings over ``lasted`` ms are too many, in series whose ``habit`` is so many
    readings before them with so many changes of value, and for which ``same`` readings over ``same_for`` ms are more
    than chance.

    >>> run, lasted = np.array([60.0, 59, 60]), np.full(3, 3_540_000)
    >>> habit = np.full(3, 500.0), np.array([400.0, 400, 20])
    >>> stuck(run, lasted, habit, np.full(3, 60.0), np.full(3, 1_800_000.0)).tolist()
    [True, False, False]
    """
    seen, changes = habit
    usual = np.maximum(same, LONGER * seen / np.maximum(changes, 1))
    unknown = changes < _KNOWN
    least = np.where(unknown, _UNKNOWN * same, usual)
    found: Bools = (run >= least) & (lasted >= np.where(unknown, _UNKNOWN, 1.0) * same_for)
    return found
