"""How often one person's phone may ring: at most so many notices in so long, and never at the cost of a new danger.

What goes beyond waits until there is room again, and is then told together (alerts/bundle.py). Never held: a HIGH
alert of which this phone has not been told as such within the window, so its opening, its worsening and every rung of
its escalation; and whatever somebody has called for. What other processes have told it counts, too.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog

from vitals.alert import Delivery
from vitals.finding import Severity
from vitals.times import MINUTE

log = structlog.get_logger(__name__)

BUNDLED: Final = "bundled with "
"""How the result of a notice begins that went as part of another's message."""


class Rate(NamedTuple):
    """At most ``most`` messages in ``window`` ms to one person over one channel."""

    most: int = 6
    window: int = 10 * MINUTE


class Rung(NamedTuple):
    """A message that a phone has got: when (ms UTC), about which alert, how severe; ``key`` as its notice."""

    time: int
    alert: str
    severity: Severity
    key: str = ""


Told = Callable[[str, str, int], Sequence[Delivery]]
"""Gives what (person, over channel) has got since then (ms UTC), by whichever process: the ledger's word."""


def _nothing(*_of: object) -> Sequence[Delivery]:
    """The word of those who ask nobody."""
    return ()


Phone = tuple[str, str]
"""(person, channel)."""


def phone(delivery: Delivery) -> Phone:
    """Which phone a notice is for."""
    return delivery.recipient, delivery.channel


def presses(delivery: Delivery, lately: Sequence[Rung]) -> bool:
    """Whether it may not wait: called for, or HIGH and news to this phone.

    >>> notice = Delivery("k", "A", 1, "ana", "phone", due=0, created=0, severity=Severity.HIGH)
    >>> presses(notice, [Rung(0, "A", Severity.MEDIUM)]), presses(notice, [Rung(0, "A", Severity.HIGH)])
    (True, False)
    """
    told = any(rung.alert == delivery.alert and rung.severity >= Severity.HIGH for rung in lately)
    return delivery.urgent or (delivery.severity >= Severity.HIGH and not told)


def room_at(lately: Sequence[Rung], rate: Rate, now: int) -> int:
    """When the phone may ring next, ms UTC; ``now`` when it may at once. ``lately`` in the order of time.

    >>> rungs = [Rung(minute * MINUTE, "A", Severity.LOW) for minute in (0, 1, 2)]
    >>> [room_at(rungs, Rate(most, 10 * MINUTE), 5 * MINUTE) // MINUTE for most in (4, 3, 2)]
    [5, 10, 11]
    """
    recent = [rung.time for rung in lately if now - rung.time < rate.window]
    return now if len(recent) < rate.most else recent[-rate.most] + rate.window


class Throttle:
    """What each phone has got of late. Safe to use from several threads.

    ``told`` is asked only of what would go otherwise and can wait, so that a new danger waits for no database.

    >>> throttle = Throttle(Rate(1, 10 * MINUTE))
    >>> first, high = (Delivery(k, k, 1, "ana", "phone", 0, 0, severity=s) for k, s in (("A", 1), ("B", 3)))
    >>> throttle.admit(first, 0), throttle.admit(first, MINUTE) // MINUTE, throttle.admit(high, MINUTE)
    (None, 10, None)
    """

    def __init__(self, rate: Rate | None = None, told: Told = _nothing) -> None:
        self.rate, self._told = rate or Rate(), told
        self._lock = threading.Lock()
        self._rungs: dict[Phone, list[Rung]] = defaultdict(list)

    def admit(self, delivery: Delivery, now: int) -> int | None:
        """None: it may go, and counts from now on. Else until when (ms UTC) it waits."""
        with self._lock:
            lately = self._lately(delivery, now)
            pressing, until = presses(delivery, lately), room_at(lately, self.rate, now)
            if pressing:
                self._note(delivery, now)
        if pressing or until > now:
            return None if pressing else until
        elsewhere = self._elsewhere(delivery, now)
        with self._lock:
            lately = self._lately(delivery, now)
            ours = {rung.key for rung in lately}
            until = room_at(sorted([*lately, *(r for r in elsewhere if r.key not in ours)]), self.rate, now)
            if until > now:
                return until
            self._note(delivery, now)
        return None

    def _note(self, delivery: Delivery, now: int) -> None:
        self._rungs[phone(delivery)].append(Rung(now, delivery.alert, delivery.severity, delivery.key))

    def _elsewhere(self, delivery: Delivery, now: int) -> list[Rung]:
        """What the ledger knows of: our own messages of before a restart, and other processes'."""
        try:
            told = self._told(*phone(delivery), now - self.rate.window + 1)
        except Exception as error:  # noqa: BLE001  (whatever the database says, what we know ourselves has to do)
            log.warning("throttle_cannot_read_ledger", error=type(error).__name__)
            return []
        alone = (d for d in told if not d.result.startswith(BUNDLED))
        return [Rung(d.sent_at or 0, d.alert, d.severity, d.key) for d in alone]

    def presses(self, delivery: Delivery, now: int) -> bool:
        """Whether it may not wait, not even to be told together with others."""
        with self._lock:
            return presses(delivery, self._lately(delivery, now))

    def take_back(self, delivery: Delivery, at: int) -> None:
        """What was admitted ``at`` that time did not get through."""
        with self._lock:
            lately, rung = self._rungs[phone(delivery)], Rung(at, delivery.alert, delivery.severity, delivery.key)
            if rung in lately:
                lately.remove(rung)

    def _lately(self, delivery: Delivery, now: int) -> list[Rung]:
        """The phone's messages within the window; older ones are forgotten."""
        kept = [rung for rung in self._rungs[phone(delivery)] if now - rung.time < self.rate.window]
        self._rungs[phone(delivery)] = kept
        return kept
