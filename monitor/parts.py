"""Each part of the service, made from the settings; monitor/app.py joins them."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import structlog

from alerts.attempt import Hook, Sender
from alerts.bundle import Bundler
from alerts.channels.apprise import AppriseChannel
from alerts.desk import Desk
from alerts.digests import Digests
from alerts.outbox import Outbox
from alerts.second_way import SecondWay
from alerts.throttle import Rate, Throttle
from ingest.mqtt import MqttSource
from ingest.settings import MqttSettings, TlsSettings
from monitor.broker import EmbeddedBroker
from monitor.metrics import Metrics
from monitor.settings import Settings
from store.duckdb import DuckDBReadings
from store.influx import InfluxReadings, InfluxTarget
from store.ledger import SqlLedger, open_ledger
from vitals.agency import Agency
from vitals.clock import Clock, SystemClock
from vitals.errors import ConfigError, Fault, UnavailableError

log = structlog.get_logger(__name__)

_PORT = "broker.port"


def the_ledger(settings: Settings) -> SqlLedger:
    """The ledger, its tables brought up to date."""
    if settings.ledger.url is None and settings.ledger.url_file is None:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_ledger(settings.ledger_url())


@contextmanager
def the_desk(settings: Settings) -> Iterator[Desk]:
    """A desk for answers given on the command line; notices go out through the running service."""
    with the_ledger(settings) as ledger:
        yield Desk(ledger, SystemClock())


def the_agency(ledger: SqlLedger) -> Agency:
    """The agency that was imported; ConfigError says how, if none was."""
    agency = ledger.agency()
    if agency is None:
        remedy = "homevigil init writes an agency.yaml to start from; homevigil import agency.yaml takes it in"
        raise ConfigError([Fault(ledger.address, "agency", "no agency file has been imported", remedy)])
    return agency


def the_readings(settings: Settings) -> DuckDBReadings | InfluxReadings:
    """The store of readings."""
    if settings.store.kind == "influx":
        store = settings.store
        return InfluxReadings(
            InfluxTarget(url=store.url or "", org=store.org, bucket=store.bucket, token=store.secret())
        )
    path = settings.readings_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return DuckDBReadings(path)


def the_broker(settings: Settings) -> EmbeddedBroker:
    """The broker that comes with us, its sessions kept in the data folder."""
    broker = settings.broker
    return EmbeddedBroker(settings.data_dir / "broker", host=broker.host, port=broker.port)


def note_port(settings: Settings, broker: EmbeddedBroker | None) -> None:
    """Leave word where the embedded broker listens, for commands beside the service: its port may be any free one."""
    if broker is not None:
        (settings.data_dir / _PORT).write_text(str(broker.port), encoding="ascii")


def broker_port(settings: Settings) -> int:
    """The port that the running service's broker listens on; UnavailableError when no service has left word."""
    if not settings.broker.embedded or settings.broker.port:
        return settings.broker.real_port
    try:
        return int((settings.data_dir / _PORT).read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise UnavailableError(f"{settings.data_dir}: no service has run here: start it (homevigil run)") from None


def mqtt_settings(settings: Settings, topics: tuple[str, ...], broker: EmbeddedBroker | None) -> MqttSettings:
    """How to reach the broker, ours or theirs."""
    wanted = settings.broker
    tls = TlsSettings(ca_file=wanted.ca_file, cert_file=wanted.cert_file, key_file=wanted.key_file)
    return MqttSettings(
        host=broker.host if broker else wanted.host,
        port=broker.port if broker else wanted.real_port,
        protocol=wanted.protocol or "3.1.1",
        client_id=wanted.client_id,
        username=wanted.username,
        password=wanted.secret(),
        tls=tls if wanted.tls else None,
        topics=wanted.topics or topics,
        keepalive=wanted.keepalive,
    )


def the_source(settings: MqttSettings, clock: Clock, metrics: Metrics) -> MqttSource:
    """The MQTT subscriber, its connection counted."""

    def told(connected: bool, why: str) -> None:  # noqa: FBT001  (the hook's signature)
        if connected:
            metrics.up("broker")
        elif not why.endswith("stopped"):
            metrics.down("broker", why)

    return MqttSource(settings, clock, on_connection=told)


def the_outbox(settings: Settings, ledger: SqlLedger, desk: Desk, clock: Clock, on_sent: Hook) -> Outbox:
    """The outbox that sends through Apprise, connected to the desk."""
    channel = AppriseChannel()
    _warm(channel, desk.roster.agency)
    second = SecondWay(ledger, lambda: desk.roster, lambda: outbox.wake())  # noqa: PLW0108  (it comes below)
    sender = Sender(
        channel,
        desk.address,
        desk.renew,
        clock,
        np.random.default_rng(),
        on_sent=on_sent,
        on_failed=second,
        throttle=Throttle(Rate(settings.outbox.most, settings.outbox.window), ledger.sent_to),
        bundle=Bundler(ledger, lambda: desk.roster),
    )
    worker = ledger.attend(f"{socket.gethostname()}:{os.getpid()}")
    outbox = Outbox(ledger, clock, sender, worker=worker, workers=settings.outbox.workers)
    desk.connect(outbox)
    return outbox


def the_digests(ledger: SqlLedger, desk: Desk, outbox: Outbox, clock: Clock, breathe: Callable[[], None]) -> Digests:
    """Handovers and weekly digests, by the roster that the desk has in force."""
    return Digests(ledger, lambda: desk.roster, clock.now(), wake=outbox.wake, breathe=breathe)


def _warm(channel: AppriseChannel, agency: Agency) -> None:
    """Half a second goes by as Apprise loads a kind of service: at start, not before somebody's first notice."""
    urls = [c.url.get_secret_value() for person in agency.caregivers for c in person.channels]
    for url in {url.partition(":")[0].lower(): url for url in urls}.values():
        channel.check(url)
