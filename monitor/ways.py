"""The ways out that do not lead through the outbox: a ping to an outside monitor, and Apprise URLs for emergencies."""

from collections.abc import Sequence
from urllib.error import URLError
from urllib.request import Request, urlopen

import structlog
from pydantic import SecretStr

from alerts.channels.base import Channel
from vitals.finding import Severity

log = structlog.get_logger(__name__)

_SECONDS = 10


class Outside:
    """Reaches the outside; a failure is logged, by what failed and never with the address (it is a secret)."""

    def __init__(self, channel: Channel, heartbeat: SecretStr | None, second_path: Sequence[SecretStr]) -> None:
        self._channel, self._heartbeat, self._second = channel, heartbeat, second_path

    def ping(self, *, well: bool) -> None:
        """GET the heartbeat's URL, with ``/fail`` after it when the service is not well."""
        if self._heartbeat is None:
            return
        url = self._heartbeat.get_secret_value().rstrip("/") + ("" if well else "/fail")
        request = Request(url, headers={"User-Agent": "homevigil"})  # noqa: S310  (settings allow http and https only)
        try:
            urlopen(request, timeout=_SECONDS).close()  # noqa: S310  (the same)
        except (URLError, OSError, ValueError) as error:
            log.warning("heartbeat_not_delivered", error=type(error).__name__)

    def say(self, title: str, body: str) -> None:
        """Tell whoever the second path reaches, each URL by itself."""
        for number, url in enumerate(self._second):
            sent = self._channel.send(url.get_secret_value(), title, body, Severity.HIGH)
            if not sent.ok:
                log.error("second_path_failed", number=number, why=sent.text)
