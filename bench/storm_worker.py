"""One of the storm's workers: a desk and an outbox on a shared ledger, in a process that may be killed at any moment.

It is fed through a pipe as a broker feeds a service: what it has not acknowledged is handed to its successor.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import structlog

from alerts.attempt import Sender
from alerts.channels.apprise import AppriseChannel
from alerts.desk import Desk
from alerts.outbox import Outbox
from store.ledger import open_ledger
from vitals.batch import Batch
from vitals.clock import SystemClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

NO_INTAKE = Intake(Batch.empty())
CONDITIONS = (
    (FindingKey("limit.low", "", "spo2"), Severity.HIGH, False),
    (FindingKey("limit.low", "", "glucose"), Severity.HIGH, False),
    (FindingKey("limit.high", "", "weight"), Severity.MEDIUM, False),
    (FindingKey("event.fall", "", "", "pendant"), Severity.HIGH, True),
    (FindingKey("event.sos", "", "", "pendant"), Severity.HIGH, True),
)
"""Five of one patient that share no alert."""
AppriseChannel().check("json://127.0.0.1/")  # loads Apprise as this module is, before the fork: half a second each time


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker works. In wall seconds: ``lease``; ``glance``, between two looks at what is due; ``patience``, for
    which a dead worker's lock must be free on PostgreSQL.
    """

    url: str
    name: str
    lease: float
    glance: float
    patience: float = 0.5


def patient(number: int) -> str:
    """The id of a patient of the storm."""
    return f"p{number:03d}"


def finding(number: int, patients: int, onset: int) -> Finding:
    """The storm's finding of that number; ``onset`` in ms UTC.

    >>> finding(7, 2, 0).key
    FindingKey(rule='event.fall', patient='p001', signal='', device='pendant')
    """
    key, severity, latched = CONDITIONS[number // patients % len(CONDITIONS)]
    key = key._replace(patient=patient(number % patients))
    return Finding(key, Kind.PHYSIOLOGICAL, severity, onset, onset, {"value": 84.0, "limit": 88.0}, latched)


def work(post: Post, feed: "Connection[int, Finding | None]") -> None:
    """Record what the feed brings and say so, climb what is due, send; until the feed says None, or killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    clock = SystemClock()
    with open_ledger(post.url, migrate=False) as ledger:
        desk = Desk(ledger, clock)
        name = ledger.attend(post.name, post.patience)
        sender = Sender(AppriseChannel(), desk.address, desk.renew, clock, np.random.default_rng())
        with Outbox(ledger, clock, sender, worker=name, lease=post.lease, time_limit=4 * post.glance, workers=4) as box:
            desk.connect(box)
            _serve(desk, clock, feed, post.glance)


def _serve(desk: Desk, clock: SystemClock, feed: "Connection[int, Finding | None]", glance: float) -> None:
    due = clock.now()
    while True:
        if feed.poll(max(due - clock.now(), 0) / 1000):
            found = feed.recv()
            if found is None:
                return
            desk.record(NO_INTAKE, [found], clock.now())
            feed.send(found.onset)
        if clock.now() >= due:
            desk.tick(clock.now())
            due = clock.now() + round(glance * 1000)
