"""What a channel is: it takes a notice and says what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from urllib.parse import unquote, urlsplit

from vitals.finding import Severity


class Failure(StrEnum):
    """What went wrong, as far as it decides about another try."""

    NONE = ""
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BUSY = "busy"
    REFUSED = "refused"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True)
class Sent:
    """A channel's answer. ``text`` is its reason in its own words, without any secret."""

    ok: bool
    text: str = ""
    failure: Failure = Failure.NONE

    @property
    def retryable(self) -> bool:
        """Whether the same again may succeed."""
        return not self.ok and self.failure is not Failure.MISCONFIGURED


class Channel(Protocol):
    """Hands one notice over; blocks no longer than its own time limits; raises nothing it can put in words.

    ``key`` names the notice, for receivers that can tell a repeated one.
    """

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent: ...


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Scheme and host of a channel's URL, by which its sends are bounded: the part that holds no secret.

    >>> host_of("json://user:secret@localhost:8080/token?x=1"), host_of("console://")
    ('json://localhost:8080', 'console://')
    """
    scheme, _, rest = url.partition("://")
    return f"{scheme.lower()}://{rest.partition('/')[0].partition('?')[0].rpartition('@')[2].lower()}"


def masked(text: str, url: str) -> str:
    """The text with every part of the URL that may be a secret (user, password, path, parameters) as ``****``.

    >>> masked("POST http://localhost/s3cr3t failed for user", "json://user:pw@localhost/s3cr3t")
    'POST http://localhost/**** failed for ****'
    """
    parts = urlsplit(url)
    fields = [value for pair in parts.query.split("&") for value in pair.split("=")[1:]]
    secrets = [*parts.netloc.rpartition("@")[0].split(":"), *parts.path.split("/"), *fields]
    for secret in sorted({s for raw in secrets for s in (raw, unquote(raw)) if len(s) > 2}, key=len, reverse=True):
        text = text.replace(secret, "****")
    return text
