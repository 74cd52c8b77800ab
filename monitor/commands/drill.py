"""``homevigil notify drill``: does an alert still reach somebody, through every part of the running service."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from alerts.desk import Desk
from monitor.commands.options import Config, Json, duration, known, settings_from
from monitor.drill import Part, run_drill
from monitor.drills import planned, publisher
from monitor.grid import Grid
from monitor.parts import the_agency, the_ledger
from monitor.written import last_written
from vitals.clock import SystemClock
from vitals.errors import UnavailableError


def drill(
    *,
    to: Annotated[str | None, typer.Option("--to", help="A caregiver's id; the operations manager by default.")] = None,
    timeout: Annotated[str, typer.Option("--timeout", help="How long all of it may take, such as 30s.")] = "30s",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Send a marked test alert through every part of the running service, and say how long each took.

    Exit code 69 when a part does not answer.
    """
    settings, clock = settings_from(config), SystemClock()
    with the_ledger(settings) as ledger:
        agency = the_agency(ledger)
        if to is not None:
            known(to, [person.id for person in agency.caregivers], "--to")
        what = planned(agency, to, duration(timeout))
        parts = run_drill(what, publisher(settings), ledger, Desk(ledger, clock), clock)
        parts.append(last_written(settings, clock.now()))
    _show(parts, as_json=as_json)
    failed = [part for part in parts if not part.ok]
    if failed:
        raise UnavailableError("; ".join(f"{part.part} does not answer: {part.words}" for part in failed))


def _show(parts: list[Part], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(part) for part in parts]))
        return
    table = Grid("part", "", "took", "what it said")
    for part in parts:
        took = "" if part.ms is None else f"{part.ms:g} ms"
        said = Text("ok", style="green") if part.ok else Text("NO ANSWER", style="red")
        table.add(part.part, said, took, part.words)
    Console().print(table)
