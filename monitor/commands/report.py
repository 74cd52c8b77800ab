"""``homevigil report``: figures for those who watch the quality of care."""

import json
import math
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

from alerts.localtime import zone
from monitor.commands.options import Config, Json, duration, settings_from
from monitor.grid import Grid
from monitor.parts import the_ledger
from monitor.report.answers import Figures, figures, stories
from vitals.clock import SystemClock
from vitals.times import show_duration, to_datetime

app = typer.Typer(no_args_is_help=True, add_completion=False)


class By(StrEnum):
    """How alerts are grouped."""

    RULE = "rule"
    PATIENT = "patient"
    SEVERITY = "severity"
    SHIFT = "shift"


@app.callback()
def _group() -> None:
    """Figures for those who watch the quality of care."""


@app.command()
def alerts(
    *,
    by: Annotated[list[By] | None, typer.Option("--by", help="Group by this; may be given several times.")] = None,
    since: Annotated[str, typer.Option("--since", help="How far back, such as 30d.")] = "30d",
    patient: Annotated[str | None, typer.Option("--patient", help="Only this patient's.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """How alerts were answered: each group's share, precision by outcome, time to acknowledge, time to close."""
    first = SystemClock().now() - duration(since)
    with the_ledger(settings_from(config)) as ledger:
        found = [alert for alert in ledger.alerts(None, patient, None) if alert.opened >= first]
        history, agency = ledger.transitions(since=first), ledger.agency()
    zones = {p.id: p.timezone for p in agency.patients} if agency else {}

    def local_hour(who: str, moment: int) -> int:
        return to_datetime(moment).astimezone(zone(zones.get(who, "UTC"))).hour

    told = stories(found, history, local_hour)
    for group in by or list(By):
        rows = figures(told, group)
        if as_json:
            for row in rows:
                typer.echo(json.dumps({"by": group, **{k: _plain(v) for k, v in asdict(row).items()}}))
        else:
            Console().print(_table(group, rows) if rows else f"no alert in the last {since}")
        if not rows:
            return


def _table(group: By, rows: list[Figures]) -> Grid:
    counts = ("alerts", "share", "judged", "precision", "true / nuisance / artefact", "unanswered")
    table = Grid(group.value, *counts, "to acknowledge", "(90 %)", "to close")
    for row in rows:
        precision = "–" if math.isnan(row.precision) else f"{row.precision:.0%}"
        times = map(_time, (row.acknowledge_median, row.acknowledge_p90, row.close_median))
        outcomes = " / ".join(str(count) for count in row.outcomes.values())
        table.add(
            row.group,
            str(row.alerts),
            f"{row.share:.0%}",
            str(row.judged),
            precision,
            outcomes,
            str(row.unanswered),
            *times,
        )
    return table


def _time(ms: float) -> str:
    return "–" if math.isnan(ms) else show_duration(round(ms / 1000) * 1000)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
