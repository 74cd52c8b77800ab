"""``homevigil tune``: whose alerts are too many, and what would halve them at what cost. It changes nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from monitor.commands.options import Config, Json, duration, settings_from
from monitor.evaluation.figures import patient_days
from monitor.grid import Grid
from monitor.longcsv import LongCsv
from monitor.tuning.advice import Advice, advise
from monitor.tuning.burden import BUDGET, Burden, Pair, burden
from monitor.tuning.sources import Files, Source, installation
from vitals.agency import Patient
from vitals.clock import SystemClock
from vitals.errors import BadDataError
from vitals.times import iso

app = typer.Typer(add_completion=False)
SINCE: Final = "28d"


@app.command()
def tune(
    *,
    config: Config = None,
    alerts: Annotated[
        Path | None, typer.Option("--alerts", help="alerts.jsonl of a replay, instead of an installation.")
    ] = None,
    readings: Annotated[Path | None, typer.Option("--readings", help="The long CSV that was replayed.")] = None,
    agency: Annotated[Path | None, typer.Option("--agency", help="The agency file it was replayed with.")] = None,
    budget: Annotated[
        float, typer.Option("--budget", min=0, help="Alerts per patient-day that can be answered.")
    ] = BUDGET,
    since: Annotated[str, typer.Option("--since", help="How far back to look in an installation.")] = SINCE,
    top: Annotated[int, typer.Option("--top", "-n", min=0, help="How many of the noisiest to try.")] = 5,
    as_json: Json = False,
) -> None:
    """Hold alerts per patient-day against a budget; for the noisiest, say what would halve them and what it would cost.

    Prints YAML to paste into care plans; never changes one.
    """
    console = Console(stderr=True)
    with _source(config, alerts, readings, agency, since) as source:
        found = burden(source.told, source.observed, budget)
        with console.status("trying limits on past readings …"):
            advice = [_advice(pair, source) for pair in found.pairs[:top]]
    if as_json:
        typer.echo(json.dumps(found.json() | {"advice": [each.json() for each in advice]}))
        return
    _show(found, top, Console())
    for each in advice:
        typer.echo("\n" + (each.yaml().rstrip() if each.patch else f"# {_name(each)}: {each.why}"))


@contextmanager
def _source(
    config: Path | None, alerts: Path | None, readings: Path | None, agency: Path | None, since: str
) -> Iterator[Source]:
    if alerts is None and readings is None:
        now = SystemClock().now()
        with installation(settings_from(config), now - duration(since), now) as found:
            yield found
        return
    if alerts is None or readings is None:
        raise BadDataError("--alerts and --readings go together: what replay wrote, and what it read")
    if since != SINCE:
        raise typer.BadParameter("a replay is looked at whole: leave it out, or replay less", param_hint="--since")
    with LongCsv(readings) as csv:
        yield Files.of(alerts, csv, agency)


def _advice(pair: Pair, source: Source) -> Advice:
    told = [t for t in source.told if t.patient == pair.patient and pair.rule in t.rules]
    known = {patient.id: patient for patient in source.agency.patients}
    patient = known.get(pair.patient) or Patient(id=pair.patient, name="-", timezone="UTC")
    return advise(pair, told, source.readings(pair.patient), patient)


def _show(found: Burden, top: int, console: Console) -> None:
    verdict = "within" if found.per_day <= found.budget else "over"
    console.print(
        f"{found.alerts:,} alert{'s' * (found.alerts != 1)} in {patient_days(found.days)} from "
        f"{iso(found.since)[:10]} to {iso(found.until)[:10]}: "
        f"{found.per_day:.3f} a patient-day, {verdict} the budget of {found.budget:g}",
        highlight=False,
    )
    shares = (f"{name} {n} ({n / max(found.alerts, 1):.0%})" for name, n in found.by_severity.items())
    console.print("by severity: " + " · ".join(shares), highlight=False)
    console.print(
        "by rule, a patient-day: " + " · ".join(f"{r} {x:.3f}" for r, x in found.by_rule.items()), highlight=False
    )
    over = [patient for patient, x in found.by_patient.items() if x > found.budget]
    console.print(
        f"patients over the budget: {len(over)}" + (f" ({', '.join(over[:8])})" if over else ""), highlight=False
    )
    if not found.pairs:
        return
    table = Grid("rule", "signal", "patient", "alerts", "a day", "high", "outcomes")
    for pair in found.pairs[: max(top, 10)]:
        outcomes = ", ".join(f"{n} {word}" for word, n in pair.outcomes.items())
        table.add(
            pair.rule, pair.signal, pair.patient, f"{pair.alerts}", f"{pair.per_day:.2f}", f"{pair.high}", outcomes
        )
    console.print(table)


def _name(advice: Advice) -> str:
    return " ".join(part for part in (advice.pair.rule, advice.pair.signal, advice.pair.patient) if part)
