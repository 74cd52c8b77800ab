"""One try to hand a notice over, from the last look at its alert to what the ledger is told."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from numpy.random import Generator

from alerts.backoff import POLICY
from alerts.channels.base import Channel, Failure, Sent
from alerts.ports import Attempt
from vitals.alert import Delivery
from vitals.clock import Clock

log = structlog.get_logger(__name__)

Hook = Callable[[Delivery, int], None]


def _ignore(delivery: Delivery, now: int) -> None:
    """The hook of those who do not count."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Tries a notice once. ``renew`` gives it as it is to be sent now, or None when nobody waits for it any more.

    ``on_sent`` is told of every notice accepted by its channel, ``on_failed`` of every failed try, ``on_dead`` of every
    notice given up.
    """

    channel: Channel
    address: Callable[[Delivery], str | None]
    renew: Callable[[Delivery], Delivery | None]
    clock: Clock
    generator: Generator
    on_sent: Hook = _ignore
    on_dead: Hook = _ignore
    on_failed: Hook = _ignore
    _draw: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, delivery: Delivery) -> Attempt:
        """Send it, unless nobody waits for it any more; whatever goes wrong is in the answer, never raised."""
        current = self._current(delivery)
        if current is None:
            return Attempt(delivery.key, self.clock.now(), ok=False, result="not sent: answered or over")
        return self._settled(current, self._send(current))

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
        except Exception:
            log.exception("hook_failed")
