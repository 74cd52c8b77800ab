"""One try to hand a notice over, from the last look at its alert to what the ledger is told."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from numpy.random import Generator

from alerts.backoff import POLICY
from alerts.bundle import LEAST, as_one, leader, shared
from alerts.channels.base import Channel, Failure, Sent
from alerts.message import Message
from alerts.ports import Attempt
from alerts.throttle import Throttle
from vitals.alert import NOT_WANTED, THROTTLED, Delivery
from vitals.clock import Clock

log = structlog.get_logger(__name__)

Hook = Callable[[Delivery, int], None]


def _ignore(delivery: Delivery, now: int) -> None:
    """The hook of those who do not count."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Tries a notice once. ``renew`` gives it as it is to be sent now, or None when nobody waits for it any more.

    ``on_sent`` is told of every notice accepted by its channel, ``on_failed`` of every failed try, ``on_dead`` of every
    notice given up. ``throttle`` bounds how often a phone rings; ``bundle`` writes the message that stands for several.
    """

    channel: Channel
    address: Callable[[Delivery], str | None]
    renew: Callable[[Delivery], Delivery | None]
    clock: Clock
    generator: Generator
    on_sent: Hook = _ignore
    on_dead: Hook = _ignore
    on_failed: Hook = _ignore
    throttle: Throttle | None = None
    bundle: Callable[[Sequence[Delivery]], Message] | None = None
    _draw: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, delivery: Delivery) -> Attempt:
        """Send it, unless nobody waits for it any more; whatever goes wrong is in the answer, never raised."""
        return self.attempt_all([delivery])[0]

    def attempt_all(self, notices: Sequence[Delivery]) -> list[Attempt]:
        """The same for notices to one phone: as one message when enough of them are still wanted."""
        now, known = self.clock.now(), [(notice, self._current(notice)) for notice in notices]
        over = [Attempt(n.key, now, ok=False, result=NOT_WANTED) for n, current in known if current is None]
        wanted = [current for _, current in known if current is not None]
        if self.bundle is not None and len(wanted) >= LEAST:
            return over + self._admitted(wanted, as_one(wanted, self.bundle(wanted)))
        return over + [attempt for notice in wanted for attempt in self._admitted([notice], notice)]

    def shareable(self, notice: Delivery) -> bool:
        """Whether it may be told together with others."""
        if self.bundle is None or not notice.alert or notice.urgent:
            return False
        return self.throttle is None or not self.throttle.presses(notice, self.clock.now())

    def _admitted(self, notices: Sequence[Delivery], said: Delivery) -> list[Attempt]:
        """What came of ``said``, which stands for the notices: sent, unless the phone has rung often enough."""
        began, first = self.clock.now(), leader(notices)
        until = self.throttle.admit(first, began) if self.throttle else None
        if until is not None:
            return [Attempt(notice.key, began, ok=False, result=THROTTLED, retry_at=until) for notice in notices]
        sent = self._send(said)
        if not sent.ok and self.throttle:
            self.throttle.take_back(first, began)
        attempts = [self._settled(notice, sent) for notice in notices]
        if sent.ok:
            return shared(attempts, notices)
        again = min((a.retry_at for a in attempts if a.retry_at is not None), default=None)
        return [attempt if attempt.retry_at is None else replace(attempt, retry_at=again) for attempt in attempts]

    def failed(self, delivery: Delivery, sent: Sent) -> Attempt:
        """What follows from a failure: another try later, or giving up, loudly."""
        now, attempts = self.clock.now(), delivery.attempts + 1
        with self._draw:
            wait = POLICY[sent.failure].wait(attempts, self.generator)
        self._tell(self.on_failed, delivery, now)
        words = {"alert": delivery.alert, "recipient": delivery.recipient, "channel": delivery.channel}
        if wait is None:
            log.error("notice_given_up", **words, attempts=attempts, reason=sent.text)
            self._tell(self.on_dead, delivery, now)
            return Attempt(delivery.key, now, ok=False, result=sent.text)
        log.warning("notice_not_taken", **words, attempts=attempts, reason=sent.text, wait_ms=wait)
        return Attempt(delivery.key, now, ok=False, result=sent.text, retry_at=now + wait)

    def _settled(self, delivery: Delivery, sent: Sent) -> Attempt:
        if not sent.ok:
            return self.failed(delivery, sent)
        now = self.clock.now()
        self._tell(self.on_sent, delivery, now)
        return Attempt(delivery.key, now, ok=True, result=sent.text)

    def _current(self, delivery: Delivery) -> Delivery | None:
        """When the ledger cannot say whether it is still wanted, it is sent: better told once too often."""
        try:
            return self.renew(delivery)
        except Exception as error:  # noqa: BLE001  (a database that is down must not silence an alert)
            log.warning("notice_not_checked", alert=delivery.alert, error=type(error).__name__)
            return delivery

    def _send(self, delivery: Delivery) -> Sent:
        url = self.address(delivery)
        if url is None:
            text = f"{delivery.recipient}/{delivery.channel} is not in the agency file any more: import a current one"
            return Sent(ok=False, text=text, failure=Failure.MISCONFIGURED)
        try:
            return self.channel.send(url, delivery.title, delivery.body, delivery.severity, delivery.key)
        except Exception as error:  # noqa: BLE001  (a channel's own fault must not end the worker)
            return Sent(ok=False, text=f"the channel failed: {type(error).__name__}", failure=Failure.UNREACHABLE)

    @staticmethod
    def _tell(hook: Hook, delivery: Delivery, now: int) -> None:
        try:
            hook(delivery, now)
        except Exception:  # whatever whoever counts or follows up does wrong, the notice is marked as it fared
            log.exception("hook_failed")
