"""Hourly tracks made by hand, for tests of what nights and two weeks show."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from detectors.glucose_pattern import GlucosePattern
from detectors.hour_lot import SEEN
from detectors.slow import TrackDetector, Tracks
from detectors.zones import Zones
from vitals.plan import CarePlan
from vitals.times import HOUR, from_datetime

MORNING = from_datetime(datetime(2026, 4, 11, 8, tzinfo=ZoneInfo("UTC")))
HOLD = (0, 3)
Share = Callable[[int, int], float]
"""(days ago, clock hour in which it was measured) to the share of that hour below; NaN: not measured."""


def tracks(
    detector: TrackDetector,
    *shares: Share,
    at: int = MORNING,
    zone: str = "UTC",
    count: int = 12,
    since: int | None = None,
) -> Tracks:
    signal = "glucose" if isinstance(detector, GlucosePattern) else "spo2"
    row = detector.row(CarePlan(), signal)
    assert row is not None
    hour = np.tile(at // HOUR - SEEN + 1 + np.arange(SEEN), (len(shares), 1))
    local = Zones().local(zone, hour)
    today = local[0, -1] // 24
    below = np.array([[share(int(today - (h - 1) // 24), int((h - 1) % 24)) for h in local[0]] for share in shares])
    order = np.argsort(~np.isnan(below), axis=1, kind="stable")  # hours without readings have no column
    hour, local, below = (np.take_along_axis(column, order, axis=1) for column in (hour, local, below))
    counts = np.where(np.isnan(below), 0, count)
    plan = {name: np.full(len(shares), float(v)) for name, v in zip(detector.columns, row, strict=True)}
    known = np.full(len(shares), at if since is None else since)
    return Tracks(at, hour, local, np.where(counts > 0, 100.0, np.nan), counts, np.nan_to_num(below), known, plan)


def marks(detector: Any, *shares: Share, rule: int = 0, **given: Any) -> list[tuple[int, int]]:
    """(floor, ceiling) of each track."""
    found = detector.scan(tracks(detector, *shares, **given))[rule]
    return list(zip(found.floor.tolist(), found.ceiling.tolist(), strict=True))


def steady(share: float) -> Share:
    return lambda _, __: share


def nightly(*low: int, share: float = 0.5, usual: float = 0.0, hours: tuple[int, ...] = (3,)) -> Share:
    """Low in those hours of those nights (0 is the last)."""
    return lambda ago, hour: share if ago in low and hour in hours else usual
