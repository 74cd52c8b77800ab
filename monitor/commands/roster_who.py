"""``homevigil roster who``: who would be told of an alert, step by step, and what keeps people from being told."""

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from alerts.explain import Answer, StepView, Told, who
from alerts.presence import FORGOTTEN, Presences
from alerts.roster import Roster
from alerts.silences import FLOOR
from monitor.commands.options import Config, Json, known, settings_from
from monitor.grid import Grid
from monitor.moments import local, moment, with_local
from monitor.parts import the_agency, the_ledger
from monitor.roster_rows import answer_row
from vitals.agency import Agency, Patient
from vitals.alert import Alert
from vitals.clock import SystemClock
from vitals.finding import Severity
from vitals.silence import Silence

OnePatient = Annotated[str | None, typer.Option("--patient", help="Only this patient's.")]


def show_who(
    *,
    config: Config = None,
    patient: Annotated[str, typer.Option("--patient", help="Whose alert.")],
    at: Annotated[str | None, typer.Option("--at", help="ISO time; now by default.")] = None,
    severity: Annotated[str, typer.Option("--severity", help="low, medium or high.")] = "high",
    as_json: Json = False,
) -> None:
    """Say who would be told of an alert at each step if nobody answered, why, and why the others are not."""
    if severity.upper() not in ("LOW", "MEDIUM", "HIGH"):
        raise typer.BadParameter(f"{severity!r}: one of low, medium, high", param_hint="--severity")
    settings = settings_from(config)
    with the_ledger(settings) as ledger:
        agency = the_agency(ledger)
        (one,) = patients_of(agency, patient)
        when = SystemClock().now() if at is None else moment(at, one.timezone)
        roster = Roster(agency, Presences(ledger.events(when - 2 * FORGOTTEN)))
        silences, live = ledger.silences(when), ledger.live()
    answer = who(roster, one.id, when, Severity[severity.upper()], silences=silences, live=live)
    if as_json:
        typer.echo(json.dumps(answer_row(answer)))
        return
    for part in _who_tables(answer, one):
        Console().print(part)


def patients_of(agency: Agency, wanted: str | None) -> list[Patient]:
    """The patient of that id, which must be one; without it all."""
    if wanted is not None:
        known(wanted, [patient.id for patient in agency.patients], "--patient")
    return [patient for patient in agency.patients if wanted in (None, patient.id)]


def _who_tables(answer: Answer, patient: Patient) -> Iterator[Grid | Text | str]:
    zone = patient.timezone
    yield f"{answer.severity.word} alert about {patient.id} at {local(answer.at, zone)}"
    if answer.paused_until is not None:
        yield f"[yellow]monitoring is paused until {local(answer.paused_until, zone)}: until then nobody is told[/]"
    yield from (_silence_words(silence, answer, zone) for silence in answer.silences)
    yield from (_taken_words(alert, zone) for alert in answer.taken)
    steps = Grid("step", "roles", "when", "told", "not told")
    for step in answer.steps:
        when = Text("skipped: nobody", style="yellow") if step.at is None else local(step.at, zone)
        told, others = _people(step, zone)
        steps.add(str(step.step), "\n".join(step.roles), when, told, others)
    yield steps
    if answer.stand_ins:
        yield f"[red]nobody on duty can be told:[/] {', '.join(answer.stand_ins)} instead"
    people = Grid("person", "role", "on duty", "why", "until", "note", whole=("person",))
    for s in answer.standings:
        until = "" if s.until is None else local(s.until, zone)
        people.add(
            s.caregiver.id, s.caregiver.role, "yes" if s.on else "no", s.why.words, until, with_local(s.note, zone)
        )
    yield people


def _people(step: StepView, zone: str) -> tuple[str, str]:
    def words(told: Told) -> str:
        due = f" until {local(told.due, zone)}" if told.due is not None and told.reason else ""
        return f"{told.caregiver}: {told.reason.replace('_', ' ')}{due}" if told.reason else told.caregiver

    told, others = ("\n".join(map(words, people)) for people in (step.told, step.others))
    return told, others


def _silence_words(silence: Silence, answer: Answer, zone: str) -> Text:
    """A silence in force: what it covers, and what is told in spite of it."""
    of = " ".join(filter(None, (silence.rule, silence.signal))) or "everything"
    until, floor = local(silence.end, zone), ", ".join(FLOOR)
    words = f"silenced until {until} by {silence.by} ({silence.reason}): {of}, but high {floor}"
    return Text(words, style="" if answer.severity is Severity.HIGH else "yellow")


def _taken_words(alert: Alert, zone: str) -> Text:
    """An alert that stands already, of which nobody hears before its time."""
    about = " ".join(filter(None, (alert.key.rule, alert.key.signal)))
    by = f"{alert.acknowledged_by} has " if alert.acknowledged_by else ""
    return Text(f"{by}{alert.id} ({alert.severity.word} {about}): told again at {local(alert.follow_up_at or 0, zone)}")
