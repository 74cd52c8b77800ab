"""Times are int64 milliseconds since 1970 in UTC; text is ISO 8601 with a zone; durations read like ``5m``."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time that names its zone.

    Raises ValueError when the text is no time, or has no zone: a wall clock without one is a guess.

    >>> parse_time("2026-11-22T04:21:07.250Z")
    1795321267250
    >>> parse_time("2026-11-22T04:21:07")
    Traceback (most recent call last):
    ...
    ValueError: '2026-11-22T04:21:07' has no time zone: end it with Z or an offset such as +02:00
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: end it with Z or an offset such as +02:00")
    return (when - _EPOCH) // timedelta(milliseconds=1)


def to_datetime(ms: int) -> datetime:
    """The aware UTC datetime of a millisecond stamp.

    >>> to_datetime(1795321267250).isoformat()
    '2026-11-22T04:21:07.250000+00:00'
    """
    return _EPOCH + timedelta(milliseconds=int(ms))


def from_datetime(when: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime; ValueError if it is naive."""
    if when.tzinfo is None:
        raise ValueError(f"{when!r} has no time zone")
    return (when - _EPOCH) // timedelta(milliseconds=1)


def iso(ms: int) -> str:
    """The millisecond stamp as ISO 8601 in UTC.

    >>> iso(1795321267250)
    '2026-11-22T04:21:07.250Z'
    """
    return to_datetime(ms).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(ms) % 1000:03d}Z"


def parse_duration(text: str) -> int:
    """Milliseconds of a duration such as ``20s``, ``1h30m`` or ``3d``; the unit is never guessed.

    >>> parse_duration("1h30m"), parse_duration("3d"), parse_duration("0s")
    (5400000, 259200000, 0)
    >>> parse_duration("5 minutes")
    Traceback (most recent call last):
    ...
    ValueError: '5 minutes' is no duration: write for example 20s, 5m, 1h30m or 3d
    """
    compact = text.strip().lower()
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"{text!r} is no duration: write for example 20s, 5m, 1h30m or 3d")
    return round(sum(float(number) * _UNITS[unit] for number, unit in parts))


def show_duration(ms: float) -> str:
    """A duration as people write it, exact to the millisecond.

    >>> show_duration(5_400_000), show_duration(250), show_duration(0)
    ('1h30m', '250ms', '0s')
    """
    left = round(ms)
    words = []
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)):
        count, left = divmod(left, size)
        if count:
            words.append(f"{count}{unit}")
    return "".join(words) or "0s"


def _duration(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[int, BeforeValidator(_duration), PlainSerializer(show_duration, when_used="json")]
"""A pydantic field in milliseconds, written as ``5m`` in files."""
