"""A second way to the same person: taken when the first fails, or when nobody has answered for a while.

A channel with ``after`` gets its notice queued together with the others, due that much later; the last look before it
is sent drops it if somebody has answered by then. When one of the person's other channels fails, it is due at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import structlog

from alerts.roster import Roster
from alerts.suppress import verdict
from vitals.alert import Delivery

log = structlog.get_logger(__name__)


class Queue(Protocol):
    """The ledger as this sees it."""

    def hasten(self, keys: Iterable[str], now: int) -> int:
        """Make what waits untried under these keys due at ``now``; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class SecondWay:
    """Told of every failed try, it brings forward what waits for that person; ``wake`` makes the outbox look."""

    queue: Queue
    roster: Callable[[], Roster]
    wake: Callable[[], None]

    def __call__(self, failed: Delivery, now: int) -> None:
        """A try has failed; only the first failure of a notice says anything new."""
        keys = second_keys(failed, self.roster(), now) if failed.attempts == 0 else []
        if keys and self.queue.hasten(keys, now):
            log.info("second_way_taken", alert=failed.alert, recipient=failed.recipient, failed=failed.channel)
            self.wake()


def second_keys(failed: Delivery, roster: Roster, now: int) -> list[str]:
    """The keys of the same telling over the person's later channels, unless quiet hours hold those back."""
    person = roster.caregivers.get(failed.recipient)
    if person is None:
        return []
    stem = failed.key.removesuffix(failed.channel)
    later = [c for c in person.channels if c.after and c.name != failed.channel]
    return [f"{stem}{c.name}" for c in later if verdict(person, c, failed.severity, now).due == now]
