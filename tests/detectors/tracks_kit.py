"""Tracks for tests: values at hours, right-aligned as the runner gives them."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from detectors.hour_lot import SEEN
from detectors.slow import Tracks
from vitals.times import HOUR, to_datetime

AT = 1_767_225_600_000 + 100 * 24 * HOUR
"""A whole hour, midnight UTC."""
Series = Sequence[tuple[float, float]]
"""(hours before ``AT``, value) in any order."""


def tracks_of(
    detector: Any, row: tuple[float, ...], *series: Series, at: int = AT, zone: str = "UTC", since: int | None = None
) -> Tracks:
    """A track for each series, all under the same plan row. NaN values are hours without readings."""
    m = len(series)
    hour, mean = np.zeros((m, SEEN), np.int64), np.full((m, SEEN), np.nan)
    for i, values in enumerate(series):
        kept = sorted((at // HOUR - int(age), value) for age, value in values if not np.isnan(value))[-SEEN:]
        if kept:
            hour[i, -len(kept) :], mean[i, -len(kept) :] = zip(*kept, strict=True)
    count = (~np.isnan(mean)).astype(np.int64)
    known = np.full(m, at if since is None else since)
    plan = {name: np.full(m, float(value)) for name, value in zip(detector.columns, row, strict=True)}
    return Tracks(at, hour, _local(hour, zone), mean, count, np.zeros((m, SEEN)), known, plan)


def _local(hour: Any, zone: str) -> Any:
    if zone == "UTC":
        return hour.copy()
    offset = [to_datetime(int(h) * HOUR).astimezone(ZoneInfo(zone)).utcoffset() for h in hour.reshape(-1)]
    return hour + np.array([int(o.total_seconds()) // 3600 for o in offset]).reshape(hour.shape)  # type: ignore[union-attr]
