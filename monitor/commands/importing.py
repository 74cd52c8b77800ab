"""``homevigil import``: an agency file into the ledger, whole or not at all."""

from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from alerts.channels.apprise import AppriseChannel
from monitor.agency_file import load_agency
from monitor.commands.options import Config, settings_from
from monitor.grid import tell
from monitor.parts import the_ledger
from vitals.clock import SystemClock

app = typer.Typer(add_completion=False)


def _refusal(url: str) -> str:
    """Why Apprise cannot send to a channel; nothing is sent."""
    sent = _apprise().check(url)
    return "" if sent.ok else sent.text


@cache
def _apprise() -> AppriseChannel:
    return AppriseChannel()


@app.command()
def import_file(
    file: Annotated[Path, typer.Argument(help="agency.yaml: patients, plans, people, shifts.")],
    *,
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file and change nothing.")] = False,
) -> None:
    """Import an agency file; a running service takes it up within seconds."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"reading {file.name}", total=None)
        agency = load_agency(file, _refusal)
        people = f"{len(agency.patients):,} patients, {len(agency.caregivers):,} people"
        if dry_run:
            tell(f"{file} is sound: {people}")
            return
        progress.update(task, description=f"importing {people}", total=2, completed=1)
        with the_ledger(settings_from(config)) as ledger:
            report = ledger.import_agency(agency, SystemClock().now())
        progress.update(task, completed=2)
    for part, change in report.parts.items():
        tell(f"{part:>12}: {change.added} new, {change.changed} changed, {change.removed} removed")
