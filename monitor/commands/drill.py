"""``homevigil notify drill``: does an alert still reach somebody, through every part of the running service."""

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alerts.desk import Desk
from alerts.drill import usual
from monitor.commands.options import Config, Json, duration, settings_from
from monitor.drill import Drill, Part, run_drill
from monitor.parts import broker_port, the_agency, the_ledger
from monitor.settings import Settings
from monitor.written import last_written
from simulators.settings import PublisherSettings, PublisherTls
from vitals.agency import Agency
from vitals.clock import SystemClock
from vitals.errors import HomevigilError, UnavailableError


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
        what = planned(agency, to, duration(timeout))
        parts = run_drill(what, publisher(settings), ledger, Desk(ledger, clock), clock)
        parts.append(last_written(settings, clock.now()))
    _show(parts, as_json=as_json)
    failed = [part for part in parts if not part.ok]
    if failed:
        raise UnavailableError("; ".join(f"{part.part} does not answer: {part.words}" for part in failed))


def planned(agency: Agency, to: str | None, timeout: int) -> Drill:
    """Who is rung and in whose name; HomevigilError names what is missing."""
    known = {person.id: person for person in agency.caregivers}
    person = known.get(to) if to else usual(agency.caregivers)
    if person is None:
        said = (
            f"--to {to!r}: no such caregiver" if to else "no operations manager has a channel: name somebody with --to"
        )
        raise HomevigilError(f"{said}; one of {', '.join(known)}")
    if not person.channels:
        raise HomevigilError(f"{person.id} has no channel: add one to the agency file and import it again")
    if not agency.patients:
        raise HomevigilError("the agency file has no patient in whose name a test could be sent: import one")
    return Drill(agency.id, agency.patients[0].id, person.id, timeout)


def publisher(settings: Settings) -> PublisherSettings:
    """How a client of our own reaches the running service's broker."""
    broker = settings.broker
    tls = PublisherTls(ca_file=broker.ca_file, cert_file=broker.cert_file, key_file=broker.key_file)
    return PublisherSettings(
        host=broker.host,
        port=broker_port(settings),
        protocol=broker.protocol or "3.1.1",
        client_id=f"homevigil-drill-{os.getpid()}",
        username=broker.username,
        password=broker.secret(),
        tls=tls if broker.tls else None,
    )


def _show(parts: list[Part], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(part) for part in parts]))
        return
    table = Table("part", "", "took", "what it said")
    for part in parts:
        took = "" if part.ms is None else f"{part.ms:g} ms"
        table.add_row(part.part, "[green]ok[/]" if part.ok else "[red]NO ANSWER[/]", took, part.words)
    Console().print(table)
