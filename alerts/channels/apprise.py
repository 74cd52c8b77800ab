"""Notices through Apprise: e-mail, text messages, chat and push services, named by URL.

How Apprise 2.2 behaves, and what follows here:

* ``notify()`` answers with a result that holds the plugin's own log lines: the reason, which we keep without secrets.
* A plugin object throttles itself (up to 5.5 s between two messages, asleep), so each notice has objects of its own;
  parsing the URL is most of their cost, so what was parsed is kept.
* With a service time limit or asynchronous mode it sends from a small pool of threads that all channels share, which
  a few hanging ones fill up. Both are off: sending happens in the caller's thread, bounded by connect and read
  time-outs (``cto``, ``rto``; a URL may set its own).
* It logs to the ``apprise`` logger, at debug level with whole URLs: that logger is cut off from ours.
"""

import copy
import logging
import threading
from typing import Any

from alerts.channels.base import Failure, Sent, masked
from alerts.channels.webhook import WebHooks, plain
from vitals.finding import Severity

_TYPE = {Severity.HIGH: "failure", Severity.MEDIUM: "warning", Severity.LOW: "info"}
_REMEDY = "no Apprise URL that this machine can send to: see https://appriseit.com/services for how it is written"
_STATUS = {"error=429": Failure.BUSY, "error=503": Failure.BUSY, "error=502": Failure.BUSY, "error=504": Failure.BUSY}


class AppriseChannel:
    """Sends with connect and read time-outs in seconds. Loading the library takes half a second: make it at start.

    >>> AppriseChannel().send("nonsense://token", "Title", "Body", Severity.LOW).failure.value
    'misconfigured'
    """

    def __init__(self, *, connect: float = 4.0, read: float = 8.0) -> None:
        import apprise  # noqa: PLC0415  (half a second, and only for those who send)

        logger = logging.getLogger("apprise")
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        self._apprise: Any = apprise
        self._asset = apprise.AppriseAsset(async_mode=False, service_timeout=0, secure_logging=True)
        self._limits = {"cto": str(connect), "rto": str(read)}
        self._parsed: dict[str, dict[str, Any] | None] = {}
        self._lock = threading.Lock()
        self._hooks = WebHooks()

    def check(self, url: str) -> Sent:
        """Whether the URL names a service that can be used; sends nothing."""
        return Sent(ok=True) if self._service(url) is not None else self._misconfigured()

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        """Hand a notice over; the answer's text is the service's own reason."""
        kind = _TYPE.get(severity, "info")
        parsed = self._parse(url)
        if parsed is not None and plain(parsed, title, body):
            posted = self._hooks.post(parsed, title, body, kind, key)
            if posted is not None:
                return posted
        return self._notify(url, title, body, kind)

    def _notify(self, url: str, title: str, body: str, kind: str) -> Sent:
        service = self._service(url)
        if service is None:
            return self._misconfigured()
        notifier = self._apprise.Apprise(service, asset=self._asset)
        try:
            result = notifier.notify(body=body, title=title, notify_type=kind)
        except TypeError as error:
            return Sent(ok=False, text=f"Apprise refused the message: {error}", failure=Failure.MISCONFIGURED)
        return self._answer(result, url)

    def _answer(self, result: Any, url: str) -> Sent:
        lines = [entry.message for entry in result.logs()]
        text = masked(" ".join(lines), url)[:500]
        if result:
            return Sent(ok=True, text=text or "accepted")
        return Sent(ok=False, text=text or f"refused without a reason ({result.status.name})", failure=_kind(text))

    def _service(self, url: str) -> Any:
        """A fresh plugin object; None when the URL is none or the service cannot be used here."""
        parsed = self._parse(url)
        if parsed is None:
            return None
        try:
            return self._apprise.Apprise.instantiate(copy.deepcopy(parsed), asset=self._asset)
        except TypeError:
            return None

    def _parse(self, url: str) -> dict[str, Any] | None:
        with self._lock:
            if url not in self._parsed:
                found = self._apprise.plugins.url_to_dict(url, secure_logging=True)
                self._parsed[url] = None if found is None else {**self._limits, **found}
            return self._parsed[url]

    @staticmethod
    def _misconfigured() -> Sent:
        return Sent(ok=False, text=_REMEDY, failure=Failure.MISCONFIGURED)


def _kind(text: str) -> Failure:
    """What the reason says about another try; services word it freely, so the status code is looked for."""
    busy = next((kind for status, kind in _STATUS.items() if status in text), None)
    if busy:
        return busy
    return Failure.REFUSED if "error=" in text else Failure.UNREACHABLE
