"""One evaluation: alerts and labels of a recording in, every figure out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from monitor.agency_file import default_agency
from monitor.evaluation import curve
from monitor.evaluation.alertfile import Alerts, read_alerts
from monitor.evaluation.bootstrap import TIMES, Bootstrap
from monitor.evaluation.event_rows import AlarmRow, EventRow, EventStudy
from monitor.evaluation.labels import EventLabels, Labels, OnsetLabels
from monitor.evaluation.levels import levels, measured
from monitor.evaluation.observed import Observed, observed_in
from monitor.evaluation.onset_rows import OnsetRow, OnsetStudy
from monitor.evaluation.reference import THRESHOLDS, PartialNews2
from monitor.evaluation.spans import Bools
from monitor.evaluation.tellings import notices_in, of_alerts
from monitor.evaluation.thresholds import Sweep
from monitor.evaluation.together import check_times
from monitor.longcsv import LongCsv
from vitals.errors import BadDataError
from vitals.finding import Severity
from vitals.times import HOUR

ALL: Final = "all"
WINDOW: Final = 12 * HOUR
"""How long before an onset an alert is in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to measure: ``window`` ms before an onset (12 h) or event (0), ``least`` severity, ``rules`` by prefix
    (empty: all), ``sweeps``: thresholds to run the readings again with.
    """

    window: int | None = None
    least: Severity = Severity.MEDIUM
    rules: tuple[str, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    seed: int = 1
    times: int = TIMES


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured. ``levels`` and ``onset`` rows or (``events``, ``alarms``) rows, as the labels are."""

    title: str
    patients: int
    positive: int
    days: float
    window: int
    wanted: Wanted
    levels: list[OnsetRow] = field(default_factory=list)
    onset: list[OnsetRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    alarms: list[AlarmRow] = field(default_factory=list)
    points: list[curve.Point] = field(default_factory=list)
    other: tuple[tuple[str, int], ...] = ()

    def json(self) -> dict[str, Any]:
        """For machines: figures as [value, low, high]."""
        found: dict[str, Any] = {
            "labels": self.title, "patients": self.patients, "positive": self.positive, "days": round(self.days, 3),
            "min_severity": self.wanted.least.word, "window_hours": self.window / HOUR,
        }  # fmt: skip
        for name in ("levels", "onset", "events", "alarms", "points"):
            if getattr(self, name):
                found[name] = [row.json() for row in getattr(self, name)]
        return found | ({"without_signal": dict(self.other)} if self.other else {})


def evaluate(alerts: Path, labels: Labels, readings: LongCsv | None, wanted: Wanted) -> Evaluation:
    """Measure a file of alerts. BadDataError when alerts, labels and readings are not of one recording."""
    observed = labels.observed if isinstance(labels, OnsetLabels) else None
    if observed is None:
        if readings is None:
            raise BadDataError(
                "from when to when each patient was observed is not in these labels: give --readings, the long CSV "
                "that was replayed"
            )
        observed = observed_in(readings)
    found = read_alerts(alerts, observed.names)
    labels = labels if isinstance(labels, OnsetLabels) else labels.seen_in(observed)
    check_times(found, labels, observed)
    return measure(found, labels, observed, wanted, readings)


def measure(
    alerts: Alerts, labels: Labels, observed: Observed, wanted: Wanted, readings: LongCsv | None = None
) -> Evaluation:
    """The same of alerts in memory."""
    draws = Bootstrap(len(observed), np.random.default_rng(wanted.seed), times=wanted.times)
    if isinstance(labels, EventLabels):
        labels = replace(labels.seen_in(observed), before=wanted.window or labels.before)
        return _events(EventStudy(observed, labels, alerts, int(wanted.least), draws), labels, observed, alerts, wanted)
    onset = labels.onset_of(observed)
    window = WINDOW if wanted.window is None else wanted.window
    study = OnsetStudy(observed, onset, window, draws)
    chosen = _chosen(alerts, wanted)
    loud = alerts.severity >= wanted.least
    rows = [
        _overall(study, alerts, mask & loud, wanted) if name == ALL else measured(study, name, alerts, mask & loud)
        for name, mask in _rows(alerts, chosen, wanted)
    ]
    side = list(levels(study, alerts, chosen, wanted.least))
    points = [*curve.by_severity(study, alerts, chosen), *curve.by_score(study, alerts, chosen)]
    if readings is not None:
        news2 = PartialNews2(readings, observed)
        reference = [study.row(f"partial NEWS2 ≥ {n}", news2.at_least(n)) for n in THRESHOLDS]
        rows, side = rows + reference, side + reference if side else []
        points += [curve.point(study, "partial NEWS2", f"{n}", news2.at_least(n)) for n in range(3, 9)]
        agency = default_agency(readings.patients())
        points += [p for sweep in wanted.sweeps for p in sweep.points(study, readings, agency, int(wanted.least))]
    return Evaluation(
        labels.title,
        len(observed),
        len(study.rows),
        float(observed.days.sum()),
        window,
        wanted,
        levels=side,
        onset=rows,
        points=points,
    )


def _overall(study: OnsetStudy, alerts: Alerts, chosen: Bools, wanted: Wanted) -> OnsetRow:
    """Of all rules: each alert was told once, whatever joined it without making it worse."""
    seen = study.observed
    sent = notices_in(alerts, chosen, seen.first, seen.end)
    return study.row(ALL, alerts.spans(chosen), of_alerts(alerts, chosen, int(wanted.least)), sent)


def _events(study: EventStudy, labels: EventLabels, observed: Observed, alerts: Alerts, wanted: Wanted) -> Evaluation:
    alarms = [
        study.alarm_row(name, mask, technical=bool(alerts.technical[mask].all() and mask.any()))
        for name, mask in _rows(alerts, _chosen(alerts, wanted), wanted)
    ]
    return Evaluation(
        labels.title,
        len(observed),
        len({event.patient for event in labels.events}),
        float(observed.days.sum()),
        labels.before,
        wanted,
        events=[study.event_row(kind) for kind in labels.kinds()],
        alarms=alarms,
        other=labels.other,
    )


def _chosen(alerts: Alerts, wanted: Wanted) -> Bools:
    """Physiological alerts, of the wanted rules."""
    if not wanted.rules:
        return ~alerts.technical
    chosen = np.zeros(len(alerts.who), bool)
    for prefix in wanted.rules:
        mine = alerts.of_rule(prefix)
        if not mine.any() and prefix not in alerts.rules:
            known = ", ".join(sorted(alerts.rules)) or "none: the file holds no alert"
            raise BadDataError(f"--rule {prefix}: no such alert: the file's rules are {known}")
        chosen |= mine
    return chosen


def _rows(alerts: Alerts, chosen: Bools, wanted: Wanted) -> Iterator[tuple[str, Bools]]:
    """All; then each detector, each variant where it has several; then technical rules."""
    yield ALL, chosen
    names = sorted(alerts.rules)
    for family in dict.fromkeys(name.split(".")[0] for name in names):
        variants = _variants(names, family)
        mine = alerts.of_rule(family)
        if wanted.rules:
            mine = mine & chosen
        if not mine.any():
            continue
        yield family, mine
        if len(variants) > 1:
            for name in variants:
                own = mine & (alerts.rule == alerts.rules.index(name))
                if own.any():
                    yield name, own


def _variants(names: Sequence[str], family: str) -> list[str]:
    return [name for name in names if name == family or name.startswith(family + ".")]
