"""Publishes a fleet or a file to any broker, at the pace of a clock."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from simulators.connection import Connection
from simulators.publication import Publication, Source
from simulators.settings import PublisherSettings
from vitals.clock import Clock, stopwatch

_log = structlog.get_logger(__name__)

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was published: ``messages`` handed to the broker with ``readings`` values, of which ``confirmed`` at QoS 1;
    ``unconfirmed`` when the broker did not answer in time; ``seconds`` of real time.
    """

    messages: int
    readings: int
    confirmed: int
    unconfirmed: int
    refused: int
    reconnects: int
    seconds: float


class Publisher:
    """Drives one source over one connection; thousands of devices share it, as behind a gateway.

    ``poll`` is how often, in ms of real time, it looks for what has become due.
    """

    def __init__(self, settings: PublisherSettings, fleet: Source, clock: Clock, *, poll: int = 10) -> None:
        self._settings, self._source, self._clock, self._poll = settings, fleet, clock, poll

    def run(self, stop: threading.Event, on_published: Progress | None = None) -> Summary:
        """Publish until ``stop`` is set or the source is exhausted, then wait for the last confirmations.

        ``on_published`` is told how many messages were handed over each time. UnavailableError if the broker
        cannot be reached at first; later it is reconnected to.
        """
        began, connection = stopwatch(), Connection(self._settings)
        connection.open()
        messages = readings = 0
        try:
            while not stop.is_set():
                sent = send(connection, self._source.until(self._clock.now()), stop)
                messages, readings = messages + len(sent), readings + sum(p.readings for p in sent)
                if sent and on_published is not None:
                    on_published(len(sent))
                if self._source.exhausted:
                    break
                connection.pump(self._poll / 1000)
            left = connection.drain(self._settings.drain_timeout)
        finally:
            connection.close()
        return summary_of(connection, messages, readings, left, stopwatch() - began)


def send(connection: Connection, due: Sequence[Publication], stop: threading.Event) -> Sequence[Publication]:
    """Publish in order; returns those handed over before ``stop`` was set."""
    for count, publication in enumerate(due):
        if not connection.publish(publication, stop):
            return due[:count]
    return due


def summary_of(connection: Connection, messages: int, readings: int, left: int, seconds: float) -> Summary:
    """The summary of what went over a connection."""
    if left:
        _log.warning("simulator_unconfirmed", messages=left)
    confirmed, refused, reconnects = connection.confirmed, connection.refused, connection.reconnects
    return Summary(messages, readings, confirmed, left, refused, reconnects, round(seconds, 3))
