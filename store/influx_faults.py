"""InfluxDB's refusals, and the remedy for each. None of them can hold the token."""

import re
from typing import Final

from influxdb_client.client.exceptions import InfluxDBError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

from vitals.errors import UnavailableError

NO_ANSWER: Final = 0
RETRIED: Final = frozenset({NO_ANSWER, 408, 425, 429, 500, 502, 503, 504})
"""What may pass by itself: no connection, too busy, restarting."""

_LONGEST_REASON: Final = 200
_EXPIRED: Final = re.compile(r"outside retention policy|beyond retention policy")
_DROPPED: Final = re.compile(r"dropped (?:=\s*)?(\d+)|dropped=(\d+)")


class Refusal(UnavailableError):  # noqa: N818  (it is an answer before it is an error)
    """InfluxDB said no: nothing was lost, and writing can go on once a person has mended it.

    ``status`` is its HTTP status (0: none came), ``reason`` its words, ``retry_after`` seconds it asks to wait.
    """

    def __init__(self, status: int, reason: str, shown: str, retry_after: float = 0.0) -> None:
        self.status, self.reason, self.retry_after = status, reason[:_LONGEST_REASON], retry_after
        super().__init__(f"{shown} refused ({status} {self.reason}): {remedy_for(status, reason)}")

    @property
    def expired(self) -> int | None:
        """How many readings were left out because the bucket no longer keeps their time; None: that is not it."""
        if not _EXPIRED.search(self.reason):
            return None
        found = _DROPPED.search(self.reason)
        return int(next(filter(None, found.groups()))) if found else 0


def remedy_for(status: int, reason: str) -> str:
    """What a person can do about it.

    >>> remedy_for(401, "unauthorized access")
    'check the token (store.token_file): it is unknown or revoked'
    """
    if "type conflict" in reason:
        return "something else wrote this measurement with another type: give homevigil a bucket of its own"
    return {
        401: "check the token (store.token_file): it is unknown or revoked",
        403: "this token may not do that: give it read and write on the bucket",
        404: "check store.org and store.bucket: one of them does not exist, or this token may not see it",
        413: "the server takes smaller writes only: raise its limit on the size of a request",
    }.get(status, "InfluxDB's own log says more")


def refusal_of(fault: Exception, shown: str) -> Refusal:
    """The client library's exception in our words."""
    if not isinstance(fault, InfluxDBError):
        return Refusal(NO_ANSWER, _plainly(fault), shown)
    status = int(getattr(fault, "status", None) or NO_ANSWER)
    return Refusal(status, str(fault.message or fault), shown, _seconds(fault.retry_after))


def _plainly(fault: Exception) -> str:
    if isinstance(fault, NewConnectionError):  # first: urllib3 counts it among the time-outs
        return "connection refused or host unknown"
    if isinstance(fault, (ConnectTimeoutError, ReadTimeoutError)):
        return "timed out"
    return type(fault).__name__


def _seconds(text: str | None) -> float:
    """A Retry-After header in seconds; 0 when it is absent or a date."""
    return float(text) if text and text.isdigit() else 0.0
