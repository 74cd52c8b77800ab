"""What a drill needs to know: who is rung, in whose name, and how the broker is reached."""

import os

from alerts.desk import Desk
from alerts.drill import usual
from monitor.drill import Drill, Ledger, Part, run_drill
from monitor.parts import broker_port
from monitor.settings import Settings
from simulators.settings import PublisherSettings, PublisherTls
from vitals.agency import Agency
from vitals.clock import Clock
from vitals.errors import HomevigilError
from vitals.times import SECOND


def drill_here(settings: Settings, ledger: Ledger, desk: Desk, clock: Clock) -> list[Part]:
    """A drill of the service by itself, which rings the operations manager."""
    what = planned(desk.roster.agency, None, 30 * SECOND)
    return run_drill(what, publisher(settings), ledger, desk, clock)


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
