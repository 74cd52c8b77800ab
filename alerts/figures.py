"""How alerts were answered: precision, time to acknowledge and to close, by rule, patient, severity and shift.

Pure functions over alerts and their histories. A precision counts only alerts that somebody closed with an outcome:
what nobody judged is neither right nor wrong, and its number is shown beside.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.drill import is_drill
from vitals.alert import Alert, Transition
from vitals.finding import Severity

OUTCOMES: Final = ("true", "nuisance", "artefact")
_MEANS: Final = {"fine": "nuisance"}
"""Who has looked and found the patient well has said that it was none."""
SHIFTS: Final = ((6, "day 06-14"), (14, "evening 14-22"), (22, "night 22-06"))
"""By the patient's clock as the alert opened: the three shifts most agencies work in."""


@dataclass(frozen=True, slots=True)
class Story:
    """One alert from beginning to end; times in ms, None where it did not come to that."""

    patient: str
    rule: str
    severity: Severity
    shift: str
    to_acknowledge: int | None
    to_close: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a group of alerts. ``share`` is of all, ``precision`` of the ``judged`` ones; times in ms, NaN if none."""

    group: str
    alerts: int
    share: float
    judged: int
    precision: float
    outcomes: Mapping[str, int]
    unanswered: int
    acknowledge_median: float
    acknowledge_p90: float
    close_median: float


Local = Callable[[str, int], int]
"""The hour of the day on a patient's clock at a moment (ms UTC)."""


def stories(alerts: Iterable[Alert], history: Iterable[Transition], local_hour: Local) -> list[Story]:
    """What became of each alert. ``history`` holds the transitions of all of them, in order."""
    lines: dict[str, list[Transition]] = defaultdict(list)
    for line in history:
        lines[line.alert].append(line)
    return [_story(alert, lines[alert.id], local_hour) for alert in alerts if not is_drill(alert.key)]


def _story(alert: Alert, lines: Sequence[Transition], local_hour: Local) -> Story:
    acknowledged = next((line.time for line in lines if line.state.value == "acknowledged"), None)
    over = next((line.time for line in reversed(lines) if not line.state.live), None)
    said = next((line.evidence.get("outcome") for line in reversed(lines) if line.evidence.get("outcome")), "")
    said = _MEANS.get(str(said), said)
    worst = max((line.severity for line in lines), default=alert.severity)
    answered = [moment for moment in (acknowledged, over if said else None) if moment is not None]
    return Story(
        alert.key.patient,
        alert.key.rule,
        worst,
        shift_at(local_hour(alert.key.patient, alert.opened)),
        min(answered) - alert.opened if answered else None,
        None if over is None else over - alert.opened,
        str(said),
    )


def shift_at(hour: int) -> str:
    """The shift that an hour of the day (0 to 23) belongs to.

    >>> [shift_at(hour) for hour in (5, 6, 13, 21, 22)]
    ['night 22-06', 'day 06-14', 'day 06-14', 'evening 14-22', 'night 22-06']
    """
    return next((name for begins, name in reversed(SHIFTS) if hour >= begins), SHIFTS[-1][1])


def figures(told: Iterable[Story], by: str) -> list[Figures]:
    """Figures of the groups by ``rule``, ``patient``, ``severity`` or ``shift``; the largest group first.

    >>> told = [Story("p1", "limit.low", Severity.HIGH, "day 06-14", 60_000, 600_000, "true"),
    ...         Story("p1", "limit.low", Severity.LOW, "day 06-14", None, None, "nuisance")]
    >>> [(row.group, row.alerts, row.precision, row.unanswered) for row in figures(told, "rule")]
    [('limit.low', 2, 0.5, 0)]
    >>> {row.group: row.share for row in figures(told, "severity")}
    {'high': 0.5, 'low': 0.5}
    """
    groups: dict[str, list[Story]] = defaultdict(list)
    for story in told:
        value = getattr(story, by)
        groups[value.word if isinstance(value, Severity) else value].append(story)
    count = sum(map(len, groups.values()))
    rows = (_figures(name, group, len(group) / count) for name, group in groups.items())
    return sorted(rows, key=lambda row: (-row.alerts, row.group))


def _figures(name: str, group: Sequence[Story], share: float) -> Figures:
    outcomes = Counter(story.outcome for story in group if story.outcome in OUTCOMES)
    judged = outcomes.total()
    acknowledged = _quantiles([story.to_acknowledge for story in group])
    return Figures(
        name,
        len(group),
        share,
        judged,
        outcomes["true"] / judged if judged else float("nan"),
        {outcome: outcomes[outcome] for outcome in OUTCOMES},
        sum(story.to_acknowledge is None and story.severity > Severity.LOW for story in group),
        *acknowledged,
        _quantiles([story.to_close for story in group])[0],
    )


def _quantiles(times: Sequence[int | None]) -> tuple[float, float]:
    known = [time for time in times if time is not None]
    if not known:
        return float("nan"), float("nan")
    median, high = np.quantile(known, (0.5, 0.9))
    return float(median), float(high)
