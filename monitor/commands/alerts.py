"""``homevigil alerts``: list, answer, put off, close; silences."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from alerts.desk import Desk
from alerts.replies import Answer
from alerts.saying import say
from monitor.commands import silences
from monitor.commands.options import Config, Json, known, settings_from
from monitor.explain.account import whole_id
from monitor.grid import Grid, tell
from monitor.parts import the_ledger
from vitals.alert import Alert, AlertState
from vitals.clock import SystemClock
from vitals.times import iso, parse_duration, show_duration

app = typer.Typer(no_args_is_help=True, add_completion=False, help="List alerts, answer them, put them off; silences.")
for command in (silences.silence, silences.silences, silences.unsilence):
    app.command()(command)
LIVE = [state for state in AlertState if state.live]
AlertId = Annotated[str, typer.Argument(help="The alert's id, as in the list and the notice, or its beginning.")]
By = Annotated[str, typer.Option("--by", help="Who does this: a caregiver's id.")]
Note = Annotated[str, typer.Option("--note", help="A word for the record.")]


@app.command("list")
def list_alerts(
    *,
    config: Config = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    patient: Annotated[str | None, typer.Option("--patient", help="Only this patient's.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many.")] = 100,
    as_json: Json = False,
) -> None:
    """List alerts, newest first: those still live unless --all."""
    with the_ledger(settings_from(config)) as ledger:
        found = ledger.alerts(None if everything else LIVE, patient, limit)
        agency = ledger.agency()
    if patient is not None and agency is not None and not found:
        known(patient, [one.id for one in agency.patients], "--patient")
    if as_json:
        for alert in found:
            typer.echo(json.dumps(row_of(alert)))
        return
    now = SystemClock().now()
    whole = ("alert", "severity", "state", "since")  # the first is copied into the next command, the others a glance
    table = Grid("alert", "patient", "severity", "what", "state", "since", "taken by", whole=whole)
    for a in found:
        what = " ".join(part for part in (a.key.rule, a.key.signal, a.key.device) if part)
        since = f"{show_duration((now - a.onset) // 60_000 * 60_000)} ago"
        table.add(a.id, a.key.patient, a.severity.word.upper(), what, a.state, since, a.acknowledged_by)
    Console().print(table if found else "no live alert")


def row_of(alert: Alert) -> dict[str, object]:
    """An alert for machines."""
    return {
        "alert": alert.id, "patient": alert.key.patient, "rule": alert.key.rule, "signal": alert.key.signal,
        "device": alert.key.device, "kind": alert.kind, "severity": alert.severity.word, "state": alert.state,
        "onset": iso(alert.onset), "opened": iso(alert.opened), "acknowledged_by": alert.acknowledged_by,
        "evidence": alert.evidence,
    }  # fmt: skip


@contextmanager
def _answered(config: Path | None, by: str, alert: str) -> Iterator[tuple[Desk, str]]:
    """The desk that takes the answer of somebody it knows, and the whole id of the alert."""
    with the_ledger(settings_from(config)) as ledger:
        desk = Desk(ledger, SystemClock())
        known(by, desk.roster.caregivers, "--by")
        yield desk, whole_id(ledger, alert)


@app.command("ack")
def acknowledge(
    alert: AlertId,
    *,
    by: By,
    answer: Annotated[Answer, typer.Option("--answer", help="What is said to it.")] = Answer.ACKNOWLEDGE,
    note: Note = "",
    config: Config = None,
) -> None:
    """Answer one alert; no other is touched. Acknowledged, it stops climbing; called for help, it climbs at once."""
    now = SystemClock().now()
    with _answered(config, by, alert) as (desk, whole):
        stands = say(desk, answer, whole, by=by, now=now, note=note)
    tell(f"{whole}: {answer.value.replace('_', ' ')} by {by}; it is {stands.state} now")


@app.command("snooze")
def snooze(
    alert: AlertId,
    *,
    by: By,
    length: Annotated[str, typer.Option("--for", help="How long, for example 10m; a high one at most 15m.")],
    note: Note = "",
    config: Config = None,
) -> None:
    """Put one alert off: it is told again at the end if it still holds."""
    now = SystemClock().now()
    try:
        until = now + parse_duration(length)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from None
    with _answered(config, by, alert) as (desk, whole):
        desk.snooze(whole, by, until, now, note)
    tell(f"{whole} put off by {by} until {iso(until)}")


@app.command("close")
def close(
    alert: AlertId,
    *,
    by: By,
    outcome: Annotated[str, typer.Option("--outcome", help="true, nuisance or artefact.")] = "true",
    note: Note = "",
    config: Config = None,
) -> None:
    """Close one alert with its outcome."""
    if outcome not in {"true", "nuisance", "artefact"}:
        raise typer.BadParameter(f"{outcome!r}: one of true, nuisance, artefact", param_hint="--outcome")
    with _answered(config, by, alert) as (desk, whole):
        desk.close(whole, by=by, outcome=outcome, now=SystemClock().now(), note=note)
    tell(f"{whole} closed by {by}: {outcome}")
