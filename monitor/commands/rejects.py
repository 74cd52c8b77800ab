"""``homevigil rejects``: what was refused, and why."""

import json
from typing import Annotated

import typer
from rich.console import Console

from monitor.commands.options import Config, Json, duration, settings_from
from monitor.grid import Grid
from monitor.parts import the_ledger
from vitals.clock import SystemClock
from vitals.intake import RejectReason
from vitals.times import iso

app = typer.Typer(add_completion=False)


@app.command()
def rejects(
    *,
    config: Config = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many, newest first.")] = 50,
    since: Annotated[str | None, typer.Option("--since", help="Only this far back, such as 3d.")] = None,
    reason: Annotated[RejectReason | None, typer.Option("--reason", help="Only those refused for this.")] = None,
    as_json: Json = False,
) -> None:
    """List readings and messages that were refused, with the reason and what to do."""
    back = None if since is None else SystemClock().now() - duration(since)
    with the_ledger(settings_from(config)) as ledger:
        found = ledger.rejects(limit, back, reason)
    if as_json:
        for r in found:
            row = {"received": iso(r.received), "topic": r.topic, "reason": r.reason, "detail": r.detail}
            row |= {"patient": r.patient, "device": r.device, "payload": r.payload.decode(errors="replace")}
            typer.echo(json.dumps(row))
        return
    table = Grid("received", "reason", "topic", "what was wrong")
    for r in found:
        table.add(iso(r.received), r.reason, r.topic, r.detail)
    Console().print(table if found else "nothing was refused")
