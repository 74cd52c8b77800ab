"""A drill of the running service: a marked test alert by the way of every alert, each part timed where it answers.

Published as a device's event by a client of our own, it must be confirmed by the broker, found and committed by the
service, and taken by the person's channels. Then it is closed. What stays out is named.
"""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from alerts.drill import BY, OUTCOME, RULE
from alerts.errors import AlertOverError
from simulators.connection import Connection
from simulators.publication import Publication
from simulators.settings import PublisherSettings
from vitals.alert import Alert, Delivery, DeliveryState
from vitals.clock import Clock, elapsed
from vitals.errors import HomevigilError
from vitals.finding import FindingKey
from vitals.identity import alert_id
from vitals.intake import EventType
from vitals.times import SECOND, iso, show_duration

DEVICE: Final = "drill"
T = TypeVar("T")
_LOOK: Final = 0.02
_DONE: Final = (DeliveryState.SENT, DeliveryState.DEAD)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the service and whether it answered; ``ms`` is how long it took, real time, None for no wait."""

    part: str
    ok: bool
    words: str
    ms: float | None = None


class Ledger(Protocol):
    """The running service's ledger, as this looks into it."""

    def alert(self, alert_id: str) -> Alert | None: ...
    def deliveries(self, alert_id: str | None = None) -> list[Delivery]: ...


class Closes(Protocol):
    """The desk."""

    def close(self, alert_id: str, by: str, outcome: str, now: int) -> Alert: ...


@dataclass(frozen=True, slots=True)
class Drill:
    """Who is rung, in whose name it is published, and how long (ms) all of it may take."""

    agency: str
    patient: str
    caregiver: str
    timeout: int = 30 * SECOND


def run_drill(drill: Drill, broker: PublisherSettings, ledger: Ledger, desk: Closes, clock: Clock) -> list[Part]:
    """Each part in the order of the way, up to the first that does not answer; the alert is closed whatever happens."""
    parts, now, began = [], clock.now(), elapsed()
    name = alert_id(FindingKey(RULE, drill.patient, "", DEVICE), now)

    def left() -> float:
        return max(drill.timeout / SECOND - (elapsed() - began), 0.0)

    event = _event(drill, now, getattr(clock, "speed", 1.0))
    parts.append(_timed("broker", lambda: _publish(event, broker, left())))
    if parts[-1].ok:
        parts.append(_timed("desk", lambda: _opened(ledger, name, left)))
    if parts[-1].ok:
        parts.append(_timed("channels", lambda: _handed_over(ledger, name, left)))
    if any(part.part == "desk" for part in parts):
        parts.append(_timed("close", lambda: _close(ledger, desk, name, clock.now())))
    return parts


def _timed(part: str, work: Callable[[], str]) -> Part:
    began = elapsed()
    try:
        words, ok = work(), True
    except HomevigilError as error:
        words, ok = str(error), False
    return Part(part, ok, words, round((elapsed() - began) * 1000, 1))


def _event(drill: Drill, now: int, speed: float) -> Publication:
    """It says how long we wait: what lies in the broker until a service is there again shall ring nobody then."""
    waits = show_duration(drill.timeout * speed)
    event = {"time": iso(now), "event": EventType.DRILL.value, "caregiver": drill.caregiver, "timeout": waits}
    topic = f"homevigil/v1/{drill.agency}/{drill.patient}/{DEVICE}/event"
    return Publication(topic, json.dumps(event).encode(), 1, False, now)


def _publish(event: Publication, settings: PublisherSettings, seconds: float) -> str:
    connection = Connection(settings.model_copy(update={"connect_timeout": max(int(seconds * SECOND), 100)}))
    connection.open()
    try:
        connection.publish(event, threading.Event())
        if connection.drain(int(seconds * SECOND)) or connection.refused:
            raise HomevigilError("took the connection and does not confirm what is published: look at its log")
    finally:
        connection.close()
    return f"{settings.host}:{settings.port} confirmed it (PUBACK)"


def _opened(ledger: Ledger, name: str, left: Callable[[], float]) -> str:
    found = _until(lambda: ledger.alert(name), left)
    if found is None:
        raise HomevigilError("the service has not taken it in: is homevigil run running on this broker and ledger?")
    return f"decoded, found and committed: alert {name}"


def _handed_over(ledger: Ledger, name: str, left: Callable[[], float]) -> str:
    def done() -> list[Delivery] | None:
        notices = ledger.deliveries(name)
        return notices if notices and all(notice.state in _DONE for notice in notices) else None

    notices = _until(done, left) or ledger.deliveries(name)
    said = "; ".join(f"{n.recipient}/{n.channel}: {n.result or 'nothing yet'}" for n in notices)
    if not notices:
        raise HomevigilError("nobody was to be told: has the person a channel in the imported agency file?")
    if any(notice.state is not DeliveryState.SENT for notice in notices):
        raise HomevigilError(f"not taken: {said}")
    return said


def _close(ledger: Ledger, desk: Closes, name: str, now: int) -> str:
    if ledger.alert(name) is None:
        return "nothing to close"
    with suppress(AlertOverError):  # by the desk, at the end of its time
        desk.close(name, BY, OUTCOME, now)
    return f"closed as {OUTCOME!r}"


def _until(look: Callable[[], T | None], left: Callable[[], float]) -> T | None:
    """What ``look`` finds, as soon as it finds anything; None when the time is over."""
    wait = threading.Event()
    while (found := look()) is None and left() > 0:
        wait.wait(_LOOK)
    return found
