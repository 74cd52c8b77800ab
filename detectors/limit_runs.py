"""Runs of readings beyond a limit or back inside it, on one side of each window, and whether they are long enough."""

from typing import Final

import numpy as np

from detectors.columns import Bools, Index, Ints
from detectors.masks import any_of
from detectors.windows import Windows
from vitals.times import DAY

_LONGEST: Final = 2 * DAY
"""Readings further apart than this never belong to one run."""


def runs(windows: Windows, side: Index, fresh_start: Bools) -> tuple[Bools, Index]:
    """For bands (outside alert, outside warning, back inside alert, back inside warning) by new samples, [4, k]:
    whether the sample is there, and where its run began.
    """
    bands = _bands(windows, side)
    begins = bands.copy()
    begins[:, 1:] &= fresh_start[1:] | ~bands[:, :-1]
    since = np.maximum.accumulate(begins * np.arange(len(fresh_start)), axis=1)
    return bands[:, windows.fresh], since[:, windows.fresh]


def enough(windows: Windows, since: Index) -> Bools:
    """[4, k] Whether runs are long enough."""
    plan, rows = windows.plan, windows.fresh
    segment = windows.segment[rows]
    on, off = plan["on_delay"], plan["clear_delay"]
    delay = np.array((on, on, off, off))[:, segment]
    repeated = rows > since
    found: Bools = (windows.time[rows] - windows.time[since] >= delay) & (repeated | (delay == 0))
    if any_of(windows.truncated):
        # What began before memory began has held for as long as memory can say.
        found |= windows.truncated[segment] & (since == windows.starts[segment]) & repeated
    return found


def _bands(windows: Windows, side: Index) -> Bools:
    """[4, n] Whether each sample is in each band of its window's side."""
    plan, high = windows.plan, side > 0
    alert, warning = (np.where(high, plan[f"{band}_high"], -plan[f"{band}_low"]) for band in ("alert", "warning"))
    limits = np.array((alert, warning, alert - plan["hysteresis"], warning - plan["hysteresis"]))[:, windows.segment]
    value = windows.value * (2.0 * side - 1.0)[windows.segment]
    bands = np.empty(limits.shape, bool)
    np.greater(value, limits[:2], out=bands[:2])
    np.less_equal(value, limits[2:], out=bands[2:])
    return bands


def gaps(windows: Windows) -> tuple[Ints, Ints]:
    """Time since the sample before, and between that and the one before it; long where there is none."""
    gap: Ints = np.empty_like(windows.time)
    np.subtract(windows.time[1:], windows.time[:-1], out=gap[1:])
    gap[windows.starts] = _LONGEST
    usual = np.empty_like(gap)
    usual[1:], usual[0] = gap[:-1], _LONGEST
    return gap, usual


def broken(windows: Windows, gap: Ints, usual: Ints) -> Bools:
    """Where no run goes on from the sample before: a window's first, or after too long a gap."""
    slower = 3.0 * (windows.plan["repeat"] == 0)
    allowed = np.maximum(windows.each("max_gap"), slower[windows.segment] * usual)
    found: Bools = gap > np.minimum(allowed, _LONGEST)
    found[windows.starts] = True
    return found
