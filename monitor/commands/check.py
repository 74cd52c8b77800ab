"""``homevigil check``: what is reachable, and who is told tonight if something happens."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from alerts.channels.apprise import AppriseChannel
from alerts.coverage import gaps
from alerts.roster import Roster
from monitor.broker_check import broker_words
from monitor.commands.options import NO_PATIENTS, Config, Json, settings_from
from monitor.grid import Grid
from monitor.moments import local
from monitor.parts import the_agency, the_ledger, the_readings
from monitor.settings import Settings
from store.lock import InUseError
from vitals.agency import Agency
from vitals.clock import SystemClock
from vitals.errors import ExitCode, HomevigilError
from vitals.finding import Severity
from vitals.plan import severity_steps
from vitals.times import DAY, HOUR, iso

app = typer.Typer(add_completion=False)

_AHEAD = 14 * DAY


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    part: str
    ok: bool
    words: str
    warning: bool = False
    """It works, and somebody should look at it all the same."""


@app.command()
def check(
    *,
    config: Config = None,
    hours: Annotated[int, typer.Option("--hours", min=1, max=168, help="How far ahead to look at the roster.")] = 12,
    as_json: Json = False,
) -> None:
    """Check broker, store, ledger, channels and roster; send nothing. Exit code 69 if a part does not answer."""
    settings = settings_from(config)
    lines = [
        _try("ledger", lambda: _ledger(settings)),
        _try("store", lambda: _store(settings)),
        _try("broker", lambda: broker_words(settings)),
    ]
    try:
        with the_ledger(settings) as ledger:
            agency = the_agency(ledger)
    except HomevigilError as error:
        lines.append(Line("agency", ok=False, words=str(error)))
    else:
        now = SystemClock().now()
        lines += [*_channels(agency), *_roster(agency, now, hours), *_coverage(agency, now)]
    _show(lines, as_json=as_json)
    if not all(line.ok for line in lines):
        raise typer.Exit(ExitCode.UNAVAILABLE)


def _show(lines: list[Line], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in lines]))
        return
    table = Grid("part", "", "what was seen")
    for line in lines:
        said, colour = ("look", "yellow") if line.warning else ("ok", "green") if line.ok else ("NOT OK", "red")
        table.add(line.part, Text(said, style=colour), line.words)
    Console().print(table)


def _try(part: str, look: Callable[[], str]) -> Line:
    try:
        return Line(part, ok=True, words=look())
    except HomevigilError as error:
        return Line(part, ok=False, words=str(error))


def _ledger(settings: Settings) -> str:
    with the_ledger(settings) as ledger:
        counts = ledger.counts()
        return f"{ledger.address}: {sum(counts['alerts'].values())} alerts, {sum(counts['rejects'].values())} rejects"


def _store(settings: Settings) -> str:
    try:
        readings = the_readings(settings)
    except InUseError:  # one process at a time: the service itself
        return "duckdb: in use by a running service"
    try:
        return f"{settings.store.kind}: {readings.count():,} readings in {len(readings.series):,} series"
    finally:
        readings.close()


def _channels(agency: Agency) -> list[Line]:
    apprise, lines = AppriseChannel(), []
    for person in agency.caregivers:
        if not person.channels:
            lines.append(Line("channel", ok=False, words=f"{person.id} has no channel and can never be told"))
        for channel in person.channels:
            sent = apprise.check(channel.url.get_secret_value())
            if not sent.ok:
                lines.append(Line("channel", ok=False, words=f"{person.id}/{channel.name}: {sent.text}"))
    return lines or [Line("channels", ok=True, words=f"{len(agency.caregivers)} people can be told")]


def _roster(agency: Agency, now: int, hours: int) -> list[Line]:
    """Who is told first, hour by hour, for each patient; an hour that nobody covers is a fault."""
    roster, lines = Roster(agency), []
    for patient in agency.patients:
        roles = severity_steps(agency.policy_for(patient), Severity.HIGH)[0].roles
        told = [roster.recipients(patient.id, roles, now + h * HOUR) for h in range(hours)]
        bare = [h for h, people in enumerate(told) if not people]
        names = ", ".join(dict.fromkeys(person.id for people in told for person in people)) or "nobody"
        words = f"{patient.id}: {names} in the coming {hours} h"
        if bare:
            words += (
                f"; nobody at the first step from {iso(now + bare[0] * HOUR)} ({len(bare)} h): then the next is told"
            )
        lines.append(Line("roster", ok=not bare, words=words))
    return lines


def _coverage(agency: Agency, now: int) -> list[Line]:
    """A warning for each patient with hours that nobody covers; homevigil roster gaps lists them all."""
    if not agency.patients:
        return [Line("coverage", ok=True, words=NO_PATIENTS, warning=True)]
    roster, lines = Roster(agency), []
    for patient in agency.patients:
        found = gaps(roster, patient.id, now, now + _AHEAD)
        if found:
            hours = sum(gap.end - gap.start for gap in found) / HOUR
            first = f"{found[0].lack.words} from {local(found[0].start, patient.timezone)}"
            words = f"{patient.id}: {hours:.1f} h not covered in the coming two weeks, {first}: homevigil roster gaps"
            lines.append(Line("coverage", ok=True, words=words, warning=True))
    return lines or [Line("coverage", ok=True, words="every hour of the coming two weeks is covered")]
