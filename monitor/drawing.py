"""How pictures look: colours that colour-blind people tell apart, and severity by shape and word as well.

Colours: Okabe and Ito, Color Universal Design, 2008. Nothing here knows a window system; the same input gives the same
bytes (no date, no random ids).
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import matplotlib.dates
import numpy as np
from matplotlib.figure import Figure

from vitals.finding import Severity
from vitals.signals import BY_NAME

INK: Final = "#000000"
LINE: Final = "#0072B2"
SHADE: Final = "#56B4E9"
LIMIT: Final = "#D55E00"
MARKS: Final = {
    Severity.HIGH: ("^", "#D55E00"),
    Severity.MEDIUM: ("D", "#E69F00"),
    Severity.LOW: ("o", "#F0E442"),
    Severity.CLEAR: ("X", "#009E73"),
}
_STYLE: Final[Any] = {
    "svg.hashsalt": "homevigil", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False,
    "axes.spines.right": False, "axes.ymargin": 0.12, "path.simplify": True, "timezone": "UTC",
}  # fmt: skip
WIDTH: Final = 6.4
"""Inches: on a phone's width the letters can still be read."""
_INSIDE: Final = WIDTH - 1.0
_LETTER, _LETTERS, _LANE, _SHAPE = 0.07, 100, 0.19, 0.02
"""Inches of a letter, letters of a line of the title, inches of a lane, a shape's part of the width."""
_MISSING: Final = 3
"""So many usual spacings without a reading, and the line breaks."""
FORMATS: Final = (".png", ".svg", ".pdf")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to be marked: when (datetime64), how severe, and in which words."""

    time: Any
    level: Severity
    word: str


def panels(count: int, title: str, span: tuple[Any, Any], moments: Sequence[Moment] = ()) -> tuple[Figure, list[Any]]:
    """A figure of ``count`` panels above each other, with a shared time axis over ``span`` (datetime64).

    The moments' words stand above the panels, in as many lanes as they need, so that none lies on a line or another.
    """
    begin, length = span[0], (span[1] - span[0]) / np.timedelta64(1, "ms")
    places = [float((moment.time - begin) / np.timedelta64(1, "ms") / length) for moment in moments]
    widths = [(0.25 + _LETTER * len(moment.word)) / _INSIDE for moment in moments]
    rows = lanes(places, widths)
    head, lines = _LANE * (max(rows, default=-1) + 1), textwrap.wrap(title, _LETTERS)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, 0.55 + 0.16 * len(lines) + head + 1.5 * count), layout="constrained")
        heights = [max(head, 0.01), *[1.5] * count]
        top, *axes = figure.subplots(count + 1, 1, sharex=True, height_ratios=heights)
        figure.suptitle("\n".join(lines), fontsize=9, x=0.01, ha="left")
        top.set_axis_off()
        top.set_ylim(-0.5, max(rows, default=0) + 0.5)
        axes[-1].set_xlim(*span)
    for moment, row, place, width in zip(moments, rows, places, widths, strict=True):
        _mark(top, axes, moment, row, leftwards=place + width > 1)
    return figure, axes


def lanes(places: Sequence[float], widths: Sequence[float]) -> list[int]:
    """For words that begin at these places, as parts of the width, the lowest lanes in which none lies on another; the
    earlier the higher, so that no moment's line runs down through a word. One that would not fit before the right end
    stands on the left of its place.

    >>> lanes([0.1, 0.2, 0.5, 0.95], [0.3, 0.2, 0.2, 0.2])
    [1, 0, 0, 0]
    """
    taken: list[list[tuple[float, float]]] = []
    found = [0] * len(places)
    for i in sorted(range(len(places)), key=places.__getitem__, reverse=True):
        place, width = places[i], widths[i]
        first, last = (place - width, place + _SHAPE) if place + width > 1 else (place - _SHAPE, place + width)
        free = (n for n, lane in enumerate(taken) if all(last <= begin or end <= first for begin, end in lane))
        found[i] = next(free, len(taken))
        taken += [[]] if found[i] == len(taken) else []
        taken[found[i]].append((first, last))
    return found


def line(axis: Any, time: Any, value: Any, name: str) -> None:
    """A signal's readings, of times in ms: a line that breaks where readings are missing, and what it shows."""
    at, shown = np.asarray(time, np.int64), np.asarray(value, float)
    apart = np.diff(at)
    usual = float(np.percentile(apart, 90)) if len(apart) else 0.0  # of a cuff used twice each time the longer way
    after = np.flatnonzero(apart > _MISSING * usual) + 1
    at, shown = np.insert(at, after, at[after - 1] + 1), np.insert(shown, after, np.nan)
    axis.plot(at.astype("datetime64[ms]"), shown, color=LINE, linewidth=0.7, marker=".", markersize=2.5)
    signal = BY_NAME[name]
    axis.set_ylabel(f"{signal.title}\n{signal.shown_unit or signal.unit}", fontsize=8)


def limit(axis: Any, value: float, word: str) -> None:
    """A limit across the panel, named outside of it."""
    axis.axhline(value, color=LIMIT, linewidth=0.9, linestyle="--", zorder=1)
    axis.annotate(
        f"{word}\n{value:g}", (1.0, value), xycoords=("axes fraction", "data"), xytext=(3, 0),
        textcoords="offset points", fontsize=7, va="center", color=LIMIT,
    )  # fmt: skip


def clock(axis: Any, zone: Any = None) -> None:
    """Times on the lower axis as people write them, on the clocks of ``zone`` (UTC)."""
    dates: Any = mpl.dates
    locator = dates.AutoDateLocator(tz=zone, maxticks=8)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=zone))


def _mark(top: Any, axes: Sequence[Any], moment: Moment, row: int, *, leftwards: bool) -> None:
    """A moment: a line through the panels, a shape on top of it, and beside that its word."""
    shape, colour = MARKS[moment.level]
    for axis in axes:
        axis.axvline(moment.time, color=INK, linewidth=0.6, linestyle=":", zorder=1)
    top.plot([moment.time] * 2, [-0.5, row], color=INK, linewidth=0.6, linestyle=":", zorder=1)
    top.plot([moment.time], [row], shape, color=colour, markeredgecolor=INK, markersize=7, clip_on=False, zorder=5)
    top.annotate(
        moment.word, (moment.time, row), xytext=(-7 if leftwards else 7, 0), textcoords="offset points", fontsize=8,
        va="center", ha="right" if leftwards else "left",
    )  # fmt: skip


def save(figure: Figure, path: Path, about: str = "") -> None:
    """Write it, as its suffix says (one of FORMATS); ``about`` stands in an SVG's description."""
    with mpl.rc_context(_STYLE):
        described = {"Description": about} if about else {}
        dated = {".svg": {"Date": None, **described}, ".pdf": {"CreationDate": None}}.get(path.suffix, {})
        figure.savefig(path, dpi=110, metadata=dated)
