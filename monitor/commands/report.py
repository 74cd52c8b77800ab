"""``homevigil report``: figures for those who watch the quality of care."""

import json
import math
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console

from alerts.localtime import zone
from monitor.commands.options import Config, Json, duration, settings_from
from monitor.grid import Grid
from monitor.parts import the_ledger
from monitor.report.answers import Figures, figures, stories
from vitals.clock import SystemClock
from vitals.times import DAY, HOUR, MINUTE, SECOND, show_duration, to_datetime

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
    """All figures of a group in eighty columns: no rules between them, short headings, times to two units."""
    heads = ("alerts", "share", "precision", "true/\nnuis./\nart.", "no\nanswer", "acknow-\nledged", "90 %", "closed")
    table = Grid(group.value, *heads, whole=(group.value, *heads))
    table.box, table.show_edge, table.padding = box.SIMPLE_HEAD, False, (0, 0)
    table.caption = "precision: closed as true, of those judged. Times: medians; of nine in ten."
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add(
            row.group,
            str(row.alerts),
            f"{row.share:.0%}",
            "–" if math.isnan(row.precision) else f"{row.precision:.0%} of {row.judged}",
            "/".join(str(count) for count in row.outcomes.values()),
            str(row.unanswered),
            *map(_time, (row.acknowledge_median, row.acknowledge_p90, row.close_median)),
        )
    return table


def _time(ms: float) -> str:
    """To the second under ten minutes, to the minute under a day, else to the hour.

    >>> _time(245_400), _time(1_805_000), _time(90_000_000)
    ('4m5s', '30m', '1d1h')
    """
    if math.isnan(ms):
        return "–"
    unit = SECOND if ms < 10 * MINUTE else MINUTE if ms < DAY else HOUR
    return show_duration(round(ms / unit) * unit)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
