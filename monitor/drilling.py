"""Drills that the service does by itself, now and then; what fails is for the watchdog to say."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from alerts.drill import is_drill
from monitor.drill import Part
from vitals.alert import Alert
from vitals.clock import Clock
from vitals.errors import HomevigilError
from vitals.times import MINUTE

log = structlog.get_logger(__name__)

_SETTLE: Final = 5 * MINUTE
"""After a start, before a drill that is overdue: the parts are still finding each other."""


class Past(Protocol):
    """The ledger as this sees it."""

    def alerts(self, *, limit: int | None, since: int | None) -> list[Alert]: ...


@dataclass(slots=True)
class Outcome:
    """What the last drill found wrong, in words; empty when every part answered."""

    trouble: str = ""

    def __call__(self) -> str:
        return self.trouble


def next_drill(past: Past, every: int, now: int) -> int:
    """When the next is due, ms UTC: ``every`` after the last, by whomever: so it keeps its hour of the day."""
    drills = [alert.opened for alert in past.alerts(limit=None, since=now - every) if is_drill(alert.key)]
    return max(drills) + every if drills else now + min(_SETTLE, every)


@contextmanager
def drilling(past: Past, do: Callable[[], list[Part]], clock: Clock, every: int | None) -> Iterator[Outcome]:
    """Do one ``every`` so often (ms of the clock; None: never) until left; the outcome is that of the last."""
    outcome, stop = Outcome(), threading.Event()

    def work() -> None:
        while every is not None and not stop.is_set():
            try:
                wait = next_drill(past, every, clock.now()) - clock.now()
                if not clock.wait(stop, max(wait, 0)):
                    outcome.trouble = failed(do())
            except HomevigilError as error:
                outcome.trouble = f"a drill could not be done: {error}"
            if outcome.trouble:
                log.error("drill_failed", why=outcome.trouble)
                clock.wait(stop, min(every, 15 * MINUTE))

    thread = threading.Thread(target=work, name="drills", daemon=True)
    thread.start()
    try:
        yield outcome
    finally:
        stop.set()
        thread.join()


def failed(parts: list[Part]) -> str:
    """What did not answer, in words for whoever is told; empty when all did.

    >>> failed([Part("broker", True, "…"), Part("channels", False, "not taken: olga/phone: timed out")])
    'in a drill the channels did not answer: not taken: olga/phone: timed out'
    """
    said = "; ".join(f"the {part.part} did not answer: {part.words}" for part in parts if not part.ok)
    return said and f"in a drill {said}"
