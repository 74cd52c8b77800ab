"""Slopes of tracks over a day, a week and four weeks, free of the hours' own rhythm."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from detectors import bins, theil_sen
from detectors.columns import Bools, Floats, Ints
from detectors.slow import Tracks
from vitals.times import HOUR

_DAY: Final = 24
_WEEKS: Final = 28
_PROFILE: Final = 3
"""Days that an hour of the day must have been measured on before its usual value is known."""
_AT_ONCE: Final = 1024
"""Tracks worked on together: more would not fit a processor's cache."""


class Span(NamedTuple):
    """How far back: ``bins`` of ``hours`` each, of which ``least`` must be measured."""

    name: str
    bins: int
    hours: int
    least: int


SPANS: Final = (Span("hours", _DAY, 1, 12), Span("days", 7, _DAY, 6), Span("weeks", _WEEKS, _DAY, 12))


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """[spans, m]: ``total`` change over the time observed, NaN where too little is measured; ``p`` of it; ``began``
    (ms) where that time begins; ``per_day``; first and last value of it, and how many. ``off``: how far the last lies
    from the usual one of four weeks, so that a recovery can be told from a decline.
    """

    total: Floats
    p: Floats
    began: Ints
    per_day: Floats
    first: Floats
    last: Floats
    count: Ints
    off: Floats

    def told(self, span: int, track: int = 0) -> dict[str, Any]:
        """What a span shows of one track, as evidence."""
        named = {"slope": self.per_day, "change": self.total, "p": self.p, "first": self.first, "last": self.last}
        said = {name: number(column[span, track]) for name, column in named.items()}
        window = SPANS[span].bins * SPANS[span].hours * HOUR
        return {**said, "window": window, "span": SPANS[span].name, "values": int(self.count[span, track])}


def slopes(tracks: Tracks) -> Slopes:
    """Theil-Sen slopes of every span. Days end at ``at``, so that each holds all hours of the day; a day's value is
    the plan's ``quantile`` of its hours. Hours are taken as differences from the same hour of up to six days before.
    """
    parts = [_slopes(_cut(tracks, i)) for i in range(0, max(len(tracks.hour), 1), _AT_ONCE)]
    joined = [np.concatenate(columns, axis=1) for columns in zip(*parts, strict=True)]
    return Slopes(*joined)


def number(value: Any) -> float | None:
    """A JSON number; None for NaN."""
    return round(float(value), 4) if np.isfinite(value) else None


def _slopes(tracks: Tracks) -> tuple[Any, ...]:
    days = bins.grid(tracks, _WEEKS * _DAY).reshape(-1, _WEEKS, _DAY)
    before = days[:, -7:-1].swapaxes(1, 2)
    usual = np.where(bins.filled(before) >= _PROFILE, bins.median(before), np.nan)
    daily = _daily(days, tracks.plan["quantile"])
    of_span = (days[:, -1] - usual, daily[:, -7:], daily)
    weeks = bins.median(daily)
    found = [
        _slope(tracks, y, span, middle)
        for y, span, middle in zip(of_span, SPANS, (np.zeros(len(daily)), weeks, weeks), strict=True)
    ]
    return tuple(np.array(column) for column in zip(*found, strict=True))


def _slope(tracks: Tracks, y: Floats, span: Span, middle: Floats) -> tuple[Any, ...]:
    count, there = bins.filled(y), ~np.isnan(y)
    # Where no two values are half a relevant change apart, nothing has changed by it: these cost nothing.
    reach = np.where(there, y, -np.inf).max(axis=1) - np.where(there, y, np.inf).min(axis=1)
    enough = count >= span.least
    fit = _fit(y, enough & (reach >= tracks.plan["change"] / 2))
    start, end = there.argmax(axis=1), span.bins - 1 - there[:, ::-1].argmax(axis=1)
    total = np.where(enough, fit.change((end - start).astype(float)), np.nan)
    began = tracks.at - (span.bins - start) * span.hours * HOUR
    first, last = bins.edges(y)
    return total, fit.p, began, fit.slope * _DAY / span.hours, first, last, count, last - middle


def _fit(y: Floats, chosen: Bools) -> theil_sen.Fit:
    """Slopes of the chosen series; level for the others."""
    found = theil_sen.fit(y[chosen])
    slope, p = np.zeros(len(y)), np.ones(len(y))
    slope[chosen], p[chosen] = found.slope, found.p
    return theil_sen.Fit(slope, p, bins.filled(y))


def _daily(days: Floats, q: Floats) -> Floats:
    daily = np.empty(days.shape[:2])
    for one in np.unique(q):
        daily[q == one] = bins.quantile(days[q == one], float(one))
    return daily


def _cut(tracks: Tracks, start: int) -> Tracks:
    return tracks_at(tracks, slice(start, start + _AT_ONCE))


def tracks_at(tracks: Tracks, rows: slice) -> Tracks:
    """Some of the tracks."""
    plan = {name: column[rows] for name, column in tracks.plan.items()}
    return Tracks(
        tracks.at, tracks.hour[rows], tracks.local[rows], tracks.mean[rows], tracks.count[rows], tracks.below[rows],
        tracks.since[rows], plan,
    )  # fmt: skip
