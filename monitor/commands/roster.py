"""``homevigil roster``: who is on duty, which hours nobody covers, and who would be told of an alert."""

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from alerts.coverage import Gap, gaps, stretches
from alerts.explain import Answer, StepView, Told, who
from alerts.presence import FORGOTTEN, Presences, leavers
from alerts.roster import OnDuty, Roster
from monitor.commands.options import Config, Json, known, settings_from
from monitor.grid import Grid
from monitor.moments import local, moment
from monitor.parts import the_agency, the_ledger
from monitor.roster_rows import answer_row, gap_row, stretch_row
from monitor.settings import Settings
from vitals.agency import Agency, Patient
from vitals.clock import SystemClock
from vitals.errors import ExitCode
from vitals.finding import Severity
from vitals.times import DAY, HOUR

app = typer.Typer(no_args_is_help=True, add_completion=False)
OnePatient = Annotated[str | None, typer.Option("--patient", help="Only this patient's.")]


@app.command("show")
def show(
    *,
    config: Config = None,
    start: Annotated[str | None, typer.Option("--from", help="ISO time or day; now by default.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="ISO time or day; a day later by default.")] = None,
    patient: OnePatient = None,
    caregiver: Annotated[str | None, typer.Option("--caregiver", help="Only when this person is on duty.")] = None,
    as_json: Json = False,
) -> None:
    """Show who is on duty for whom, and when that changes; times without an offset are the patient's wall clock."""
    now = SystemClock().now()
    roster = _roster(settings_from(config), now if start is None else None)
    if caregiver is not None:
        known(caregiver, list(roster.caregivers), "--caregiver")
    table = Grid("patient", "from", "to", "on duty")
    for one in _patients(roster.agency, patient):
        begin = now if start is None else moment(start, one.timezone, "--from")
        over = begin + DAY if end is None else moment(end, one.timezone, "--to")
        if over <= begin:
            raise typer.BadParameter("lies not after --from: choose a later time", param_hint="--to")
        for stretch in stretches(roster, one.id, begin, over):
            if caregiver is not None and all(duty.caregiver.id != caregiver for duty in stretch.people):
                continue
            if as_json:
                typer.echo(json.dumps(stretch_row(stretch)))
            people = "\n".join(map(_duty_words, stretch.people)) or Text("nobody", style="red")
            table.add(one.id, local(stretch.start, one.timezone), local(stretch.end, one.timezone), people)
    if not as_json:
        Console().print(table)


@app.command("gaps")
def show_gaps(
    *,
    config: Config = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far ahead.")] = 14,
    patient: OnePatient = None,
    as_json: Json = False,
) -> None:
    """List hours in which a high alert reaches nobody, or nobody before the operations manager. Exit code 1 if any.

    Whoever has clocked in is only counted as planned: what is asked is whether the plan holds.
    """
    now = SystemClock().now()
    roster = _roster(settings_from(config), now, planning=True)
    patients = _patients(roster.agency, patient)
    found = [gap for one in patients for gap in gaps(roster, one.id, now, now + days * DAY)]
    if as_json:
        typer.echo(json.dumps({"days": days, "patients": len(patients), "gaps": [gap_row(gap) for gap in found]}))
    else:
        Console().print(_gap_table(roster, found) if found else f"every hour of the coming {days} days is covered")
    if found:
        raise typer.Exit(ExitCode.FAILED)


@app.command("who")
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
        (one,) = _patients(agency, patient)
        when = SystemClock().now() if at is None else moment(at, one.timezone)
        roster = Roster(agency, Presences(ledger.events(when - 2 * FORGOTTEN)))
    answer = who(roster, one.id, when, Severity[severity.upper()])
    if as_json:
        typer.echo(json.dumps(answer_row(answer)))
        return
    for part in _who_tables(answer, one):
        Console().print(part)


def _roster(settings: Settings, now: int | None, *, planning: bool = False) -> Roster:
    """The roster with the clock events that count at ``now``; None: all there are. ``planning``: only of who left."""
    with the_ledger(settings) as ledger:
        events = ledger.events(0 if now is None else now - 2 * FORGOTTEN)
        return Roster(the_agency(ledger), Presences(leavers(events) if planning else events))


def _patients(agency: Agency, wanted: str | None) -> list[Patient]:
    if wanted is not None:
        known(wanted, [patient.id for patient in agency.patients], "--patient")
    return [patient for patient in agency.patients if wanted in (None, patient.id)]


def _duty_words(duty: OnDuty) -> str:
    note = f" ({duty.note})" if duty.note else ""
    return f"{duty.caregiver.id} ({duty.caregiver.role}): {duty.why.words}{note}"


def _gap_table(roster: Roster, found: list[Gap]) -> Grid:
    table = Grid("patient", "from", "to", "hours", "what is missing")
    for gap in found:
        zone = roster.patients[gap.patient].timezone
        hours = f"{(gap.end - gap.start) / HOUR:.1f}"
        table.add(gap.patient, local(gap.start, zone), local(gap.end, zone), hours, gap.lack.words)
    return table


def _who_tables(answer: Answer, patient: Patient) -> Iterator[Grid | str]:
    zone = patient.timezone
    yield f"{answer.severity.word} alert about {patient.id} at {local(answer.at, zone)}"
    if answer.paused_until is not None:
        yield f"[yellow]monitoring is paused until {local(answer.paused_until, zone)}: until then nobody is told[/]"
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
        people.add(s.caregiver.id, s.caregiver.role, "yes" if s.on else "no", s.why.words, until, s.note)
    yield people


def _people(step: StepView, zone: str) -> tuple[str, str]:
    def words(told: Told) -> str:
        due = f" until {local(told.due, zone)}" if told.due is not None and told.reason else ""
        return f"{told.caregiver}: {told.reason.replace('_', ' ')}{due}" if told.reason else told.caregiver

    told, others = ("\n".join(map(words, people)) for people in (step.told, step.others))
    return told, others
