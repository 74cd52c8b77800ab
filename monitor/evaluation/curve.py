"""The operating curve: what each severity, or each threshold of a score, finds and costs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from monitor.evaluation.alertfile import Alerts
from monitor.evaluation.bootstrap import Figure
from monitor.evaluation.figures import Draw, markdown, number, percent
from monitor.evaluation.onset_rows import OnsetStudy
from monitor.evaluation.spans import Bools, Floats, Spans
from vitals.finding import Severity

_POINTS: Final = 12


class Point(NamedTuple):
    """One point of a curve: at this ``threshold`` what is found (``sensitivity``) and what it costs: ``chance`` is what
    windows without event find, ``per_day`` counts episodes, ``hours`` is the share of hours in alert.
    """

    curve: str
    threshold: str
    sensitivity: Figure
    chance: Figure
    per_day: Figure
    hours: Figure

    def json(self) -> dict[str, Any]:
        """Figures as [value, low, high]."""
        return {k: v.json() if isinstance(v, Figure) else v for k, v in self._asdict().items()}


def point(study: OnsetStudy, curve: str, threshold: str, spans: Spans) -> Point:
    """The point that these stretches in alert make."""
    row = study.row(curve, spans)
    return Point(curve, threshold, row.sensitivity, row.chance, row.episodes_per_day, row.hours_in_alert)


def by_severity(study: OnsetStudy, alerts: Alerts, chosen: Bools) -> Iterator[Point]:
    """From everything to the worst alone."""
    for severity in (Severity.LOW, Severity.MEDIUM, Severity.HIGH):
        yield point(study, "severity", severity.word, alerts.spans(chosen & (alerts.severity >= severity)))


def by_score(study: OnsetStudy, alerts: Alerts, chosen: Bools) -> Iterator[Point]:
    """For each rule whose evidence holds a score: from its lowest to its highest values. The score is the one at an
    alert's last transition, so it is known only as often as the alert changed.
    """
    for number_, rule in enumerate(alerts.rules):
        mine = chosen & (alerts.rule == number_) & ~np.isnan(alerts.score)
        for threshold in _thresholds(alerts.score[mine]):
            yield point(study, f"{rule} score", f"{threshold:g}", alerts.spans(mine & (alerts.score >= threshold)))


def _thresholds(scores: Floats) -> list[float]:
    values = np.unique(scores)
    if len(values) <= _POINTS:
        return [float(value) for value in values]
    return [float(f"{x:.3g}") for x in np.unique(np.quantile(scores, np.linspace(0, 0.99, _POINTS)))]


HEAD: Final = ("curve", "threshold", "sensitivity", "by chance", "alert episodes per patient-day", "hours in alert")


def table(points: list[Point], draw: Draw = markdown) -> str:
    """A row each point."""
    rows = [
        (p.curve, p.threshold, percent(p.sensitivity), percent(p.chance), number(p.per_day), percent(p.hours))
        for p in points
    ]
    return draw(HEAD, rows)


def csv(points: list[Point]) -> str:
    """The points with their intervals, a line each."""
    names = [f"{name}{end}" for name in ("sensitivity", "chance", "per_day", "hours") for end in ("", "_low", "_high")]
    lines = [",".join(["curve", "threshold", *names])]
    for p in points:
        figures = [f"{x:.6g}" for figure in (p.sensitivity, p.chance, p.per_day, p.hours) for x in figure]
        lines.append(",".join([p.curve, p.threshold, *figures]))
    return "\n".join(lines) + "\n"


def draw(points: list[Point], out: Path, title: str) -> None:
    """A PNG: sensitivity against alert episodes per patient-day, and against what chance alone would find."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  (half a second, for this alone)
    from matplotlib.figure import Figure as Page  # noqa: PLC0415

    page = Page(figsize=(10, 4.5), layout="constrained")
    FigureCanvasAgg(page)
    cost, luck = page.subplots(1, 2, sharey=True)
    for name in dict.fromkeys(p.curve for p in points):
        mine = [p for p in points if p.curve == name]
        found = [100 * p.sensitivity.value for p in mine]
        cost.plot([p.per_day.value for p in mine], found, "o-", ms=4, label=name)
        luck.plot([100 * p.chance.value for p in mine], found, "o-", ms=4, label=name)
        for p, y in zip(mine, found, strict=True):
            cost.annotate(p.threshold, (p.per_day.value, y), xytext=(3, 3), textcoords="offset points", fontsize=7)
    luck.plot([0, 100], [0, 100], ":", color="grey", label="no better than chance")
    cost.set(xlabel="alert episodes per patient-day without event", ylabel="in alert before onset, %", ylim=(0, 100))
    luck.set(xlabel="the same of windows without event, %", xlim=(0, 100))
    luck.legend(fontsize=7)
    page.suptitle(title)
    page.savefig(out, dpi=120, metadata={"Software": None})
