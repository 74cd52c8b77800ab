"""The HTTP link to InfluxDB 2.x: waits out short outages inside a bound, and says plainly what is wrong."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import influxdb_client
import structlog
from influxdb_client.client.exceptions import InfluxDBError
from urllib3.exceptions import HTTPError

from store.influx_faults import RETRIED, Refusal, refusal_of
from vitals.clock import elapsed
from vitals.errors import UnavailableError
from vitals.times import SECOND

api: Any = influxdb_client
"""The client library. It calls itself typed and is not, so it is Any here, once."""

_Answer = TypeVar("_Answer")
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0
_WORTH_PACKING: Final = 2_000
_PLAIN_CSV: Final = api.Dialect(header=True, delimiter=",", annotations=[], date_time_format="RFC3339")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InfluxTarget:
    """Where readings go. ``token`` is never shown; times in ms.

    One request may take ``timeout`` (a query ``query_timeout``); a request that fails in a way that passes (no
    connection, 429, 5xx) is tried again for ``patience`` altogether.

    >>> InfluxTarget("http://localhost:8086", "care", "vitals", "secret")
    InfluxTarget(url='http://localhost:8086', org='care', bucket='vitals', timeout=10000, ...)
    """

    url: str
    org: str
    bucket: str
    token: str = field(repr=False)
    timeout: int = 10 * SECOND
    query_timeout: int = 60 * SECOND
    patience: int = 15 * SECOND

    @property
    def shown(self) -> str:
        """What an error names: address without user and password, organisation and bucket."""
        parts = urlsplit(self.url)
        url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        return f"InfluxDB at {url} (org {self.org!r}, bucket {self.bucket!r})"


class InfluxLink:
    """One pooled client; safe to use from several threads. ``close`` also ends every wait for a retry."""

    def __init__(self, target: InfluxTarget) -> None:
        self.target = target
        self.client = api.InfluxDBClient(target.url, target.token, org=target.org, timeout=target.timeout)
        self._closing = threading.Event()
        self._writes = api.WriteService(self.client.api_client)
        self._queries = api.QueryService(self.client.api_client)
        self._deletes = api.DeleteService(self.client.api_client)

    def write(self, body: bytes) -> None:
        """Write line protocol and wait for the 204. Refusal says why InfluxDB kept some or all of it out."""
        packed = gzip.compress(body, 1) if len(body) > _WORTH_PACKING else body
        encoding = "gzip" if packed is not body else "identity"
        org, bucket = self.target.org, self.target.bucket
        self.call(
            lambda: self._writes.post_write(
                org,
                bucket,
                packed,
                precision="ms",
                content_encoding=encoding,
                content_type="text/plain; charset=utf-8",
            )
        )

    def query(self, flux: str) -> bytes:
        """The CSV answer to a query, without annotations."""
        return self.call(lambda: self._ask(api.Query(query=flux, dialect=_PLAIN_CSV)))

    def _ask(self, query: Any) -> bytes:
        answer = self._queries.post_query(
            org=self.target.org,
            query=query,
            accept_encoding="gzip",
            _preload_content=False,
            _request_timeout=self.target.query_timeout,
        )
        try:
            return bytes(answer.data)
        finally:
            answer.release_conn()

    def delete(self, start: str, stop: str, predicate: str) -> None:
        """Delete what lies from ``start`` to ``stop`` (RFC 3339) and fits the predicate."""
        org, bucket = self.target.org, self.target.bucket
        request = api.DeletePredicateRequest(start, stop, predicate)
        self.call(
            lambda: self._deletes.post_delete(
                request, org=org, bucket=bucket, _request_timeout=self.target.query_timeout
            )
        )

    def call(self, ask: Callable[[], _Answer]) -> _Answer:
        """What ``ask`` answers, asked again while its fault may pass.

        Raises Refusal when InfluxDB understood and said no, UnavailableError when it does not answer in time.
        """
        start, pause = elapsed(), _FIRST_PAUSE
        while True:
            try:
                return ask()
            except (InfluxDBError, HTTPError) as fault:
                refusal = self._judge(fault)
            pause = max(pause, refusal.retry_after)
            if elapsed() + pause - start > self.target.patience / 1000 or self._closing.wait(pause):
                raise UnavailableError(
                    f"{self.target.shown} does not answer ({refusal.reason}): is it running, and is the address right?"
                ) from None
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _judge(self, fault: Exception) -> Refusal:
        refusal = refusal_of(fault, self.target.shown)
        if refusal.status not in RETRIED:
            raise refusal from None
        log.warning("influx_retry", status=refusal.status, reason=refusal.reason)
        return refusal

    def close(self) -> None:
        """Drop the connections; closing twice is harmless."""
        self._closing.set()
        self.client.close()
