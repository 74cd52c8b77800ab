"""``homevigil notify``: try the way to a person's phone."""

from typing import Annotated

import typer

from alerts.channels.apprise import AppriseChannel
from monitor.commands.drill import drill
from monitor.commands.options import Config, known, settings_from
from monitor.grid import tell
from monitor.parts import the_agency, the_ledger
from vitals.errors import HomevigilError, UnavailableError
from vitals.finding import Severity

app = typer.Typer(no_args_is_help=True, add_completion=False)

app.command("drill")(drill)


@app.callback()
def _group() -> None:
    """Try the way to a person's phone."""


@app.command("test")
def try_out(
    *,
    to: Annotated[str, typer.Option("--to", help="A caregiver's id.")],
    config: Config = None,
) -> None:
    """Send a marked test notice over every channel of one person, and say what each channel answered."""
    with the_ledger(settings_from(config)) as ledger:
        agency = the_agency(ledger)
    known(to, [person.id for person in agency.caregivers], "--to")
    person = next(c for c in agency.caregivers if c.id == to)
    if not person.channels:
        raise HomevigilError(f"{to} has no channel: add one to the agency file and import it again")
    apprise, failed = AppriseChannel(), 0
    for channel in person.channels:
        sent = apprise.send(
            channel.url.get_secret_value(), "TEST homevigil", "This is a test. Nothing to do.", Severity.LOW
        )
        failed += not sent.ok
        tell(f"{person.id} · {channel.name}: {'accepted' if sent.ok else 'FAILED'} ({sent.text})")
    if failed:
        raise UnavailableError(f"{failed} of {len(person.channels)} channels of {to} did not take the notice")
