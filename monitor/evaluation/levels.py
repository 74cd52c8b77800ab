"""The detectors that judge several vital signs together, level by level, beside the reference: the rows to compare."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from monitor.evaluation.alertfile import Alerts
from monitor.evaluation.figures import Draw, markdown, number, percent
from monitor.evaluation.onset_rows import OnsetRow, OnsetStudy
from monitor.evaluation.spans import Bools
from monitor.evaluation.tellings import notices_in, of_rules
from vitals.finding import Severity

_WORDS: Final = {Severity.MEDIUM: "medium and above", Severity.HIGH: "high"}
_HEAD: Final = (
    "level", "in alert before onset", "by chance", "episodes per patient-day", "hours in alert", "precision",
)  # fmt: skip
_ABOUT: Final = (
    "Early warning, and what it costs: each detector that judges several vital signs together, level by level, beside "
    "partial NEWS2 on the same rows. These are the rows to compare; the next table has limits, trends and shifts "
    "too, and `all`, which is whatever rang."
)


def levels(study: OnsetStudy, alerts: Alerts, chosen: Bools, least: Severity) -> Iterator[OnsetRow]:
    """A row each level, from ``least`` on, of every rule whose evidence holds a score."""
    scored = np.unique(alerts.rule[chosen & ~np.isnan(alerts.score)])
    for family in sorted({alerts.rules[code].split(".")[0] for code in scored.tolist()}):
        for severity, word in _WORDS.items():
            mine = chosen & alerts.of_rule(family) & (alerts.severity >= severity)
            if severity >= least and mine.any():
                yield measured(study, f"{family}, {word}", alerts, mine)


def measured(study: OnsetStudy, name: str, alerts: Alerts, mine: Bools) -> OnsetRow:
    """The row of one rule's stretches: told each time that it spoke."""
    seen = study.observed
    sent = notices_in(alerts, mine, seen.first, seen.end)
    return study.row(name, alerts.spans(mine), of_rules(alerts, mine), sent)


def table(rows: Sequence[OnsetRow], draw: Draw = markdown) -> str:
    """A sentence on what is compared, and a row each level and reference."""
    cells = [
        (
            row.name, percent(row.sensitivity), percent(row.chance), number(row.episodes_per_day),
            percent(row.hours_in_alert), percent(row.precision),
        )
        for row in rows
    ]  # fmt: skip
    return f"{_ABOUT}\n\n{draw(_HEAD, cells)}"
