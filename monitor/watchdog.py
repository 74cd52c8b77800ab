"""Watching the watcher: what tells people that the service itself can no longer tell them.

Two ways out, neither of them through the outbox: an outside monitor that expects a ping and raises the alarm when none
comes (healthchecks.io and its like: the URL, ``/fail`` after it for trouble), and a second path, Apprise URLs that are
used only for this. What has stopped cannot be relied on to say so, which is why the outside monitor is the stronger.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol, Self

import structlog

from vitals.clock import elapsed
from vitals.times import show_duration

log = structlog.get_logger(__name__)

_LOOK = 5.0


@dataclass(frozen=True, slots=True)
class Signs:
    """How the service is. Ages in wall seconds: since the pipeline last came round, since the oldest notice was due,
    since the oldest reading waits for the store, since the first try failed to tell of an alert that reached nobody.
    """

    pipeline: float
    outbox: float
    ledger: bool = True
    store: float = 0.0
    untold: float = 0.0
    drill: str = ""
    """What the last drill found wrong."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """From which age on, wall seconds, it is trouble; how long until trouble is said again."""

    pipeline: float = 60.0
    outbox: float = 60.0
    again: float = 900.0
    store: float = 60.0


def troubles(signs: Signs, tolerance: Tolerance) -> dict[str, str]:
    """What is wrong, by name, in words for the person who is told.

    >>> troubles(Signs(pipeline=0.1, outbox=75.0), Tolerance())
    {'outbox': 'notices to caregivers have been waiting for 1m15s'}
    """
    found = {}
    if not signs.ledger:
        found["ledger"] = "the ledger does not answer: no alert can be opened or acknowledged"
    if signs.pipeline > tolerance.pipeline:
        found["pipeline"] = f"no reading has been judged for {_age(signs.pipeline)}"
    if signs.outbox > tolerance.outbox:
        found["outbox"] = f"notices to caregivers have been waiting for {_age(signs.outbox)}"
    if signs.untold > tolerance.outbox:
        found["untold"] = f"an alert has reached nobody for {_age(signs.untold)}: every notice of it was refused"
    if signs.drill:
        found["drill"] = signs.drill
    if signs.store > tolerance.store:
        found["store"] = f"readings have not been kept for {_age(signs.store)}: alerts are told, charts stand still"
    return found


def _age(seconds: float) -> str:
    return show_duration(int(seconds) * 1000)


@dataclass(slots=True)
class Voice:
    """Decides when trouble is said: as it begins, when something joins it, now and then while it lasts, at its end.

    >>> voice = Voice(Tolerance(again=900))
    >>> [voice.hear(trouble, at) for trouble, at in (({}, 0), ({"outbox": "…"}, 5), ({"outbox": "…"}, 10), ({}, 15))]
    [None, True, None, False]
    """

    tolerance: Tolerance
    _told: set[str] = field(default_factory=set)
    _since: float = 0.0

    def hear(self, trouble: dict[str, str], now: float) -> bool | None:
        """True: say what is wrong. False: say that it is over. None: say nothing. ``now`` in wall seconds."""
        if not trouble:
            over, self._told = bool(self._told), set()
            return False if over else None
        if set(trouble) <= self._told and now - self._since < self.tolerance.again:
            return None
        self._told, self._since = self._told | set(trouble), now
        return True


class Ways(Protocol):
    """How the outside is reached; neither raises."""

    def ping(self, *, well: bool) -> None:
        """Tell the outside monitor."""
        ...

    def say(self, title: str, body: str) -> None:
        """Tell people, by the second path."""
        ...


class Watchdog:
    """A thread of its own that looks every few seconds; ``look`` may raise, and then the ledger is taken as down."""

    def __init__(self, look: Callable[[], Signs], ways: Ways, tolerance: Tolerance, *, every: float) -> None:
        self._look, self._ways, self._tolerance, self._every = look, ways, tolerance, every
        self._voice = Voice(tolerance)
        self._next_ping = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def look_once(self, now: float) -> dict[str, str]:
        """One look at ``now`` (wall seconds): says and pings what is due; returns what is wrong."""
        trouble = troubles(self._signs(), self._tolerance)
        verdict = self._voice.hear(trouble, now)
        if verdict is not None:
            log.log(40 if verdict else 20, "service_in_trouble" if verdict else "service_well", trouble=list(trouble))
            self._ways.say(*_words(trouble.values()))
        if verdict is not None or now >= self._next_ping:
            self._next_ping = now + self._every
            self._ways.ping(well=not trouble)
        return trouble

    def _signs(self) -> Signs:
        try:
            return self._look()
        except Exception as error:  # noqa: BLE001  (whatever it is, the watchdog goes on watching)
            log.warning("watchdog_cannot_look", error=type(error).__name__)
            return Signs(0, 0, ledger=False)

    def _work(self) -> None:
        while not self._stop.wait(min(_LOOK, self._every)):
            self.look_once(elapsed())


def _words(trouble: Collection[str]) -> tuple[str, str]:
    if not trouble:
        return "homevigil works again", "The service judges readings and sends notices again."
    said = "; ".join(trouble)
    return "homevigil needs help now", f"{said}. Until it works again, follow the plan for monitoring by hand."
