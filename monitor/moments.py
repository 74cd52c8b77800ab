"""Times on the command line: with a zone they are moments, without one they are what a patient's wall clock reads."""

import re
from datetime import datetime
from typing import Final

import typer

from alerts.localtime import instant, zone
from vitals.times import parse_time, to_datetime

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def moment(text: str, timezone: str, option: str = "--at") -> int:
    """The moment, ms UTC, of an ISO 8601 time; without an offset on the wall clock of ``timezone``.

    Raises typer.BadParameter with the remedy.

    >>> moment("2026-11-22T04:21:00Z", "Europe/London") == moment("2026-11-22 05:21", "Europe/Paris")
    True
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        remedy = (
            f"{text!r} is no time: write 2026-12-24, 2026-12-24T22:00 (the patient's wall clock), or with an offset"
        )
        raise typer.BadParameter(remedy, param_hint=option) from None
    if when.tzinfo is not None:
        return parse_time(text)
    return instant(when.date(), f"{when:%H:%M}", timezone)


def local(at: int, timezone: str) -> str:
    """A moment as a person in the zone reads it, the offset's name with it.

    >>> local(1795321267250, "America/New_York")
    'Sat 2026-11-21 23:21 EST'
    """
    return f"{to_datetime(at).astimezone(zone(timezone)):%a %Y-%m-%d %H:%M %Z}"


def with_local(words: str, timezone: str) -> str:
    """The same words, each time in them as a person in the zone reads it.

    >>> with_local("the next begins 2026-11-23T03:00:00.000Z", "America/New_York")
    'the next begins Sun 2026-11-22 22:00 EST'
    """
    return _ISO.sub(lambda found: local(parse_time(found[0]), timezone), words)
