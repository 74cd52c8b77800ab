"""The console channel, for demonstrations and dry runs: a notice is handed to a function instead of a network."""

from collections.abc import Callable
from dataclasses import dataclass

from alerts.channels.base import Channel, Failure, Sent
from vitals.finding import Severity

Show = Callable[[str, str, str, Severity], None]
"""Is given the URL, the title, the body and the severity."""


@dataclass(frozen=True, slots=True)
class Console:
    """Handles ``console://NAME`` by calling ``show``; every other URL goes to ``beyond``, if there is one.

    >>> shown = []
    >>> console = Console(lambda url, title, body, severity: shown.append((url, title)))
    >>> console.send("console://ana", "Act now: …", "…", Severity.HIGH).ok, shown
    (True, [('console://ana', 'Act now: …')])
    >>> console.send("json://localhost", "", "", Severity.HIGH).text
    'no channel handles json:// here: write console://NAME'
    """

    show: Show
    beyond: Channel | None = None

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        """Show it; never fails by itself."""
        if url.lower().startswith("console://"):
            self.show(url, title, body, severity)
            return Sent(ok=True, text="shown")
        if self.beyond is not None:
            return self.beyond.send(url, title, body, severity, key)
        text = f"no channel handles {url.partition('://')[0]}:// here: write console://NAME"
        return Sent(ok=False, text=text, failure=Failure.MISCONFIGURED)
