"""Simulated weeks through bank and desk: what each illness's alerts were, and what healthy weeks cost."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from alerts.desk import Desk
from bench.evaluate.homes import Homes
from bench.evaluate.illnesses import SPAN, illnesses
from detectors.scan import Bank
from monitor.agency_file import default_agency
from monitor.evaluation.alertfile import Alerts, of_lines
from monitor.evaluation.bootstrap import Figure
from monitor.evaluation.evaluate import Evaluation, Wanted, measure
from monitor.evaluation.event_rows import AlarmRow
from monitor.evaluation.figures import markdown, number, percent
from monitor.evaluation.observed import Observed
from monitor.evaluation.truthfile import of_truths
from monitor.pipeline import NOTHING
from monitor.replay import alert_line, alert_lines
from simulators.engine import Placed
from simulators.homes import patient_id
from simulators.patient import Cohort
from simulators.truth import of_episode
from store.ledger import SqlLedger, open_ledger
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.times import DAY, HOUR, parse_time

NAME: Final = "simulated"
START: Final = parse_time("2026-03-02T00:00:00Z")
PATIENTS: Final = 84
"""Of a cohort: each of the seven kinds of episode twelve times."""
ILL: Final = (1, 2)
WELL: Final = (3,)
"""Seeds of cohorts with and without episodes."""
ANSWERED: Final = HOUR
"""After a fall somebody comes and closes the alert within this."""
_SIGN: Final = {
    "sepsis": "temperature", "copd_exacerbation": "spo2", "atrial_fibrillation": "heart_rate",
    "hypoglycaemia": "glucose",
}  # fmt: skip
"""What shows an illness first: rows of the table say apart whether it is streamed or measured now and then."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """All cohorts' alerts, observation and truth, each patient with the seed in the name."""

    lines: list[dict[str, Any]]
    truths: list[dict[str, Any]]
    patients: list[str]


def live(seed: int, *, ill: bool, patients: int = PATIENTS, span: int = SPAN) -> Cohorts:
    """Live through the span with one cohort."""
    cohort = Cohort(patients, seed, START)
    rng = np.random.default_rng([seed, 11])
    placed = list(illnesses(cohort.traits, START, rng)) if ill else []
    homes = Homes(patients, seed, START, placed, cohort)
    truths = [truth for each in placed for truth in _truths(homes, each)]
    names = [patient_id(row) for row in range(patients)]
    lines = [json.loads(line) for line in _lines(homes, span)]
    for row in (*lines, *truths):
        row["patient"] = f"{seed}/{row['patient']}"
    return Cohorts(lines, truths, [f"{seed}/{name}" for name in names])


def _truths(homes: Homes, placed: Placed) -> Iterator[dict[str, Any]]:
    """The truth, once under its name and once more by how its chief sign is measured."""
    truth = json.loads(of_episode(patient_id(placed.patient), placed.episode).line())
    yield truth
    if (sign := _SIGN.get(placed.episode.name)) is not None:
        worn = homes.streams(placed.patient, sign)
        yield {**truth, "name": f"{placed.episode.name}, {'worn' if worn else 'spot'}"}


def _lines(homes: Homes, span: int) -> Iterator[str]:
    """The transitions that bank and desk make of the homes' readings, as lines of alerts.jsonl."""
    with open_ledger("sqlite://", durable=False) as ledger:
        people, clock = homes.patients(), ManualClock(START)
        agency = default_agency((patient.id for patient in people), channel_url="console://study").model_copy(
            update={"patients": people}
        )
        ledger.import_agency(agency, START)
        desk, bank = Desk(ledger, clock, agency), Bank(homes.series, agency)
        latched: dict[str, int] = {}
        for now, intake in homes.intakes(START + span):
            clock.set(now)
            assessed = bank.assess(intake, now)
            for part, findings in ((assessed, bank.scan(assessed, now)), (NOTHING, bank.sweep(now))):
                recorded = desk.record(part, findings, now)
                yield from alert_lines(recorded)
                latched.update({a.id: a.opened for a in recorded.alerts if a.latched})
            for name in [name for name, opened in latched.items() if now >= opened + ANSWERED]:
                del latched[name]
                desk.close(name, "cna", "helped", now)
                yield from _closing(ledger, name)


def _closing(ledger: SqlLedger, name: str) -> Iterator[str]:
    """The line that an answer has written."""
    alert = ledger.alert(name)
    if alert is not None:
        yield alert_line(alert, ledger.transitions(name)[-1])


def measured(cohorts: Sequence[Cohorts], least: Severity, span: int = SPAN) -> Evaluation:
    """What these cohorts' alerts were worth."""
    names = [name for c in cohorts for name in c.patients]
    observed = Observed.of([(name, START, START + span - 1) for name in names])
    labels = of_truths([truth for c in cohorts for truth in c.truths])
    return measure(_alerts(cohorts, observed.names), labels, observed, Wanted(least=least))


def _alerts(cohorts: Sequence[Cohorts], names: list[str]) -> Alerts:
    words = {severity.word: int(severity) for severity in Severity}
    live_states = {"open", "acknowledged", "escalated"}
    lines = [
        {
            **row,
            "time": parse_time(row["time"]),
            "severity": words[row["severity"]],
            "live": row["state"] in live_states,
        }
        for c in cohorts
        for row in c.lines
    ]
    return of_lines(lines, names)


def study(*, quick: bool, say: Callable[[str], None]) -> str:
    """Both kinds of cohorts lived through, and the tables."""
    patients, span = (21, 21 * DAY) if quick else (PATIENTS, SPAN)
    ill: list[Cohorts] = []
    well: list[Cohorts] = []
    for seeds, lived, sick in ((ILL, ill, True), (WELL, well, False)):
        for seed in seeds[:1] if quick else seeds:
            say(f"{patients} patients, {span // DAY} days, seed {seed}, {'with' if sick else 'without'} episodes")
            lived.append(live(seed, ill=sick, patients=patients, span=span))
    return "\n\n".join(_tables(ill, well, span))


def _tables(ill: list[Cohorts], well: list[Cohorts], span: int) -> Iterator[str]:
    weeks = span / DAY / 7 * sum(len(c.patients) for c in (*ill, *well))
    yield f"{weeks:,.0f} patient-weeks; two in three patients have one episode each, after two weeks of health."
    loud, any_ = (measured(ill, least, span) for least in (Severity.MEDIUM, Severity.LOW))
    head = (
        "episode", "n", "told (medium or high)", "told (any)", "by what was expected", "delay from onset, h",
        "before fully set in, h",
    )  # fmt: skip
    rows = [
        (
            row.kind, f"{row.events}", percent(row.any_told), percent(low.any_told), percent(low.told),
            number(low.delay, 1), number(low.lead, 1),
        )
        for row, low in zip(loud.events, any_.events, strict=True)
    ]  # fmt: skip
    yield markdown(head, rows)
    yield "What healthy weeks cost, by rule, a patient-week:"
    low, medium, high = (measured(well, least, span) for least in (Severity.LOW, Severity.MEDIUM, Severity.HIGH))
    names = [row.name for row in low.alarms]
    weekly = [
        [next((_weekly(row) for row in each.alarms if row.name == name), "0") for each in (low, medium, high)]
        for name in names
    ]
    yield markdown(("alerts", "any", "medium or high", "high"), [(n, *w) for n, w in zip(names, weekly, strict=True)])


def _weekly(row: AlarmRow) -> str:
    figure = row.episodes_per_day
    return number(Figure(*(7 * x for x in figure)), 3)
