"""The threads that send: a few that are always there, more while channels are slow, none lost to one that hangs."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from alerts.channels.base import Failure, Sent
from alerts.ports import Attempt
from alerts.waiting import Waiting
from vitals.alert import Delivery
from vitals.clock import elapsed

_MOST = 32
_SLOW = 2.0
"""Seconds of a send after which its host is slow, until one is sent quicker."""


@dataclass(slots=True, eq=False)
class _Send:
    """A send under way, of one notice or of several as one; ``deadline`` in seconds of the monotonic clock."""

    notices: tuple[Delivery, ...]
    host: str
    deadline: float
    holds_slot: bool = True


class Crew:
    """Takes from the queue, tries, and reports each attempt (a notice without one was not tried).

    Notices to the same phone that wait together, and are ``shareable``, are tried together.

    A send that outlasts ``time_limit`` (wall seconds, beyond every time-out of the channel itself) is reported as
    failed and its thread left to itself; a few such per host are replaced, then the host's slots stay taken.
    """

    def __init__(
        self,
        attempt: Callable[[Sequence[Delivery]], list[Attempt]],
        failed: Callable[[Delivery, Sent], Attempt],
        report: Callable[[Attempt], None],
        *,
        workers: int = 4,
        per_host: int = 2,
        time_limit: float = 20.0,
        shareable: Callable[[Delivery], bool] = lambda _: False,
    ) -> None:
        self._attempt, self._failed, self._report = attempt, failed, report
        self._shareable = shareable
        self._workers, self._per_host, self._limit = workers, per_host, time_limit
        self._waiting = Waiting(per_host)
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._quiet = threading.Condition(self._lock)
        self._sending: dict[str, _Send] = {}
        self._left: Counter[str] = Counter()
        self._slow: set[str] = set()
        self._idle = self._threads = 0
        self._started = self._closed = False

    def __len__(self) -> int:
        """How many wait or are being sent."""
        return len(self._waiting) + len(self._sending)

    @property
    def behind(self) -> int:
        """How many wait for a host that is slow, and so keep nobody else's place."""
        with self._lock:
            return self._waiting.count(self._slow)

    def start(self) -> None:
        """Bring the threads that are always there up."""
        with self._lock:
            self._started = True
            for _ in range(self._workers):
                self._hire()

    def put(self, notices: Iterable[tuple[str, Delivery]]) -> None:
        """Queue notices, each with its host, all before the first is taken; what waits or is under way is left."""
        with self._lock:
            for host, delivery in notices:
                if delivery.key in self._sending or not self._waiting.put(host, delivery):
                    continue
                self._work.notify()
                if not self._idle:
                    self._hire_if_useful()

    def overdue(self) -> None:
        """Give up on sends that outlast the limit."""
        with self._lock:
            late = {id(s): s for s in self._sending.values() if s.deadline <= elapsed()}.values()
            for send in late:
                self._leave(send)
        sent = Sent(ok=False, text=f"no answer within {self._limit:g} s", failure=Failure.TIMEOUT)
        for delivery in (delivery for send in late for delivery in send.notices):
            self._report(self._failed(delivery, sent))

    def close(self, drain: float) -> list[Delivery]:
        """Wait up to ``drain`` seconds until all is sent; returns what has not been tried."""
        deadline = elapsed() + drain
        with self._lock:
            self._quiet.wait_for(lambda: not len(self) or elapsed() >= deadline, max(drain, 0))
            self._closed = True
            left = self._waiting.clear()
            self._work.notify_all()
            self._quiet.wait_for(lambda: not self._sending, max(deadline - elapsed(), 0))
        return left

    def _run(self) -> None:
        while (send := self._next()) is not None:
            attempts = self._attempt(send.notices)
            in_time = self._finish(send, tried=bool(attempts))
            for attempt in attempts:
                if in_time or attempt.ok:
                    self._report(attempt)
        with self._lock:
            self._threads -= 1

    def _next(self) -> _Send | None:
        """The next one to send; None when this thread is not needed any more."""
        with self._lock:
            while not self._closed:
                taken = self._waiting.take()
                if taken is not None:
                    host, delivery = taken
                    send = _Send((delivery, *self._with(host, delivery)), host, elapsed() + self._limit)
                    self._sending.update(dict.fromkeys((each.key for each in send.notices), send))
                    self._hire_if_useful()
                    return send
                if self._threads > self._workers:
                    return None
                self._idle += 1
                self._work.wait()
                self._idle -= 1
        return None

    def _with(self, host: str, first: Delivery) -> list[Delivery]:
        """What waits for the same phone and may go with it."""
        if not self._shareable(first):
            return []
        phone = (first.recipient, first.channel)
        return self._waiting.gather(host, lambda d: (d.recipient, d.channel) == phone and self._shareable(d))

    def _finish(self, send: _Send, *, tried: bool) -> bool:
        """Free what a send held; False when it had been given up, so that only its success is still news."""
        with self._lock:
            if tried:
                self._rate(send)
            in_time = self._sending.get(send.notices[0].key) is send
            if in_time:
                self._drop(send)
            else:
                self._left[send.host] -= 1
                self._threads += 1
            if send.holds_slot:
                self._waiting.done(send.host)
                self._work.notify()
            self._quiet.notify_all()
        return in_time

    def _rate(self, send: _Send) -> None:
        """Whether its host is slow, by this send."""
        slow = elapsed() - (send.deadline - self._limit) > _SLOW
        (self._slow.add if slow else self._slow.discard)(send.host)

    def _leave(self, send: _Send) -> None:
        self._drop(send)
        self._rate(send)
        self._left[send.host] += 1
        self._threads -= 1
        if self._left[send.host] <= self._per_host:
            send.holds_slot = False
            self._waiting.done(send.host)
        self._hire_if_useful()
        self._work.notify()

    def _drop(self, send: _Send) -> None:
        for delivery in send.notices:
            del self._sending[delivery.key]

    def _hire_if_useful(self) -> None:
        if self._started and not self._idle and not self._closed and self._threads < _MOST and self._waiting.ready():
            self._hire()

    def _hire(self) -> None:
        self._threads += 1
        threading.Thread(target=self._run, name="outbox", daemon=True).start()
