"""How pictures look: colours that colour-blind people tell apart, and severity by shape and word as well.

Colours: Okabe and Ito, Color Universal Design, 2008. Nothing here knows a window system; the same input gives the same
bytes (no date, no random ids).
"""

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import matplotlib.dates
from matplotlib.figure import Figure

from vitals.finding import Severity

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
FORMATS: Final = (".png", ".svg", ".pdf")


def panels(count: int, title: str) -> tuple[Figure, list[Any]]:
    """A figure of ``count`` panels above each other, with a shared time axis."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8, 1.0 + 1.7 * count), layout="constrained")
        axes = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
        figure.suptitle(title, fontsize=10, x=0.01, ha="left")
    return figure, list(axes)


def clock(axis: Any, zone: Any = None) -> None:
    """Times on the lower axis as people write them, on the clocks of ``zone`` (UTC)."""
    dates: Any = mpl.dates
    locator = dates.AutoDateLocator(tz=zone)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=zone))


def mark(axis: Any, time: Any, level: Severity, word: str = "", row: int = 0) -> None:
    """A moment: a line over the panel, a shape on top, and its word, ``row`` lines lower so that none hides another."""
    shape, colour = MARKS[level]
    axis.axvline(time, color=INK, linewidth=0.7, linestyle=":", zorder=1)
    axis.plot(
        [time], [1.0], shape, transform=axis.get_xaxis_transform(), color=colour, markeredgecolor=INK, markersize=8,
        clip_on=False, zorder=5,
    )  # fmt: skip
    axis.annotate(
        word or level.word, (time, 1.0), xycoords=("data", "axes fraction"), xytext=(6, -3 - 10 * row),
        textcoords="offset points", fontsize=8, va="top",
    )  # fmt: skip


def save(figure: Figure, path: Path, about: str = "") -> None:
    """Write it, as its suffix says (one of FORMATS); ``about`` stands in an SVG's description."""
    with mpl.rc_context(_STYLE):
        described = {"Description": about} if about else {}
        dated = {".svg": {"Date": None, **described}, ".pdf": {"CreationDate": None}}.get(path.suffix, {})
        figure.savefig(path, dpi=110, metadata=dated)
