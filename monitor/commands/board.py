"""``homevigil board``: who may look at the live board."""

import json
from typing import Annotated

import typer
from rich.console import Console

from monitor.commands.options import Config, Json, settings_from
from monitor.parts import the_agency, the_ledger
from monitor.web import board_link
from store.ledger.audit import Act
from vitals.clock import SystemClock
from vitals.errors import HomevigilError
from vitals.times import iso

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """Open the live board to people."""


@app.command("link")
def link(
    *,
    to: Annotated[str, typer.Option("--to", help="A caregiver's id.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Print one person's own link to the live board. Whoever opens it is that person: send it to nobody else."""
    settings, now = settings_from(config), SystemClock().now()
    with the_ledger(settings) as ledger:
        people = [person.id for person in the_agency(ledger).caregivers]
        if to not in people:
            raise HomevigilError(f"--to {to!r}: no such caregiver; one of {', '.join(people)}")
        url, ends = board_link(settings, to, now), now + settings.web.link_valid
        ledger.note(Act(now, "operator", "board_link", to, {"ends": ends}))
    typer.echo(json.dumps({"caregiver": to, "url": url, "ends": iso(ends)}) if as_json else url)
    if not as_json:
        Console(stderr=True).print(f"for {to} alone, until {iso(ends)}")
