"""``homevigil roster``: who is on duty, which hours nobody covers, and who would be told of an alert."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from alerts.coverage import Gap, gaps, stretches
from alerts.presence import FORGOTTEN, Presences, leavers
from alerts.roster import OnDuty, Roster
from monitor.commands.options import NO_PATIENTS, Config, Json, known, settings_from
from monitor.commands.roster_who import OnePatient, patients_of, show_who
from monitor.grid import Grid
from monitor.moments import local, moment, with_local
from monitor.parts import the_agency, the_ledger
from monitor.roster_rows import gap_row, stretch_row
from monitor.settings import Settings
from vitals.clock import SystemClock
from vitals.errors import ExitCode
from vitals.times import DAY, HOUR

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Who is on duty, and who would be told.")


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
    for one in patients_of(roster.agency, patient):
        begin = now if start is None else moment(start, one.timezone, "--from")
        over = begin + DAY if end is None else moment(end, one.timezone, "--to")
        if over <= begin:
            raise typer.BadParameter("lies not after --from: choose a later time", param_hint="--to")
        for stretch in stretches(roster, one.id, begin, over):
            if caregiver is not None and all(duty.caregiver.id != caregiver for duty in stretch.people):
                continue
            if as_json:
                typer.echo(json.dumps(stretch_row(stretch)))
            people = "\n".join(_duty_words(duty, one.timezone) for duty in stretch.people) or Text(
                "nobody", style="red"
            )
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
    patients = patients_of(roster.agency, patient)
    found = [gap for one in patients for gap in gaps(roster, one.id, now, now + days * DAY)]
    if as_json:
        typer.echo(json.dumps({"days": days, "patients": len(patients), "gaps": [gap_row(gap) for gap in found]}))
    else:
        covered = f"every hour of the coming {days} days is covered" if patients else NO_PATIENTS
        Console().print(_gap_table(roster, found) if found else covered)
    if found:
        raise typer.Exit(ExitCode.FAILED)


app.command("who")(show_who)


def _roster(settings: Settings, now: int | None, *, planning: bool = False) -> Roster:
    """The roster with the clock events that count at ``now``; None: all there are. ``planning``: only of who left."""
    with the_ledger(settings) as ledger:
        events = ledger.events(0 if now is None else now - 2 * FORGOTTEN)
        return Roster(the_agency(ledger), Presences(leavers(events) if planning else events))


def _duty_words(duty: OnDuty, zone: str) -> str:
    note = f" ({with_local(duty.note, zone)})" if duty.note else ""
    return f"{duty.caregiver.id} ({duty.caregiver.role}): {duty.why.words}{note}"


def _gap_table(roster: Roster, found: list[Gap]) -> Grid:
    table = Grid("patient", "from", "to", "hours", "what is missing")
    for gap in found:
        zone = roster.patients[gap.patient].timezone
        hours = f"{(gap.end - gap.start) / HOUR:.1f}"
        table.add(gap.patient, local(gap.start, zone), local(gap.end, zone), hours, gap.lack.words)
    return table
