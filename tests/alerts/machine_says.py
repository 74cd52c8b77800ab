"""What people say in the desk's machine; whoever does not know whether it was heard says it again."""

from collections.abc import Callable
from contextlib import suppress

from alerts.desk import Desk
from alerts.errors import AlertOverError, AlreadyAcknowledgedError, UnknownSilenceError
from vitals.alert import Alert
from vitals.times import MINUTE

_SAID: dict[str, Callable[[Desk, str, int], Alert]] = {
    "acknowledge": lambda desk, name, now: desk.acknowledge(name, "ana", now),
    "on_my_way": lambda desk, name, now: desk.on_my_way(name, "ana", now),
    "snooze": lambda desk, name, now: desk.snooze(name, "ana", now + 7 * MINUTE, now),
    "fine": lambda desk, name, now: desk.checked(name, "ana", "fine", now),
    "artefact": lambda desk, name, now: desk.checked(name, "ana", "artefact", now),
    "help": lambda desk, name, now: desk.call_for_help(name, "ana", now),
    "close": lambda desk, name, now: desk.close(name, "noor", "helped", now),
}
ANSWERS = tuple(_SAID)


def say(desk: Desk, what: str, name: str, now: int) -> None:
    """One answer to one alert; somebody else may have been first."""
    with suppress(AlreadyAcknowledgedError, AlertOverError):
        _SAID[what](desk, name, now)


def hush(desk: Desk, until: int, now: int, rule: str) -> None:
    """Nobody is told of the patient, or of that rule alone."""
    desk.silencing.set("p1", until=until, reason="physiotherapy", by="ana", now=now, rule=rule)


def lift(desk: Desk, name: str, now: int) -> None:
    """End a silence early; somebody else may have been first."""
    with suppress(UnknownSilenceError):
        desk.silencing.lift(name, "noor", now)
