"""Signed links: who may answer which alert, from a phone that needs no app and no password.

A link names the alert and the caregiver it was sent to, and ends by itself. It is a capability: whoever holds it can
see that one alert and answer it in that caregiver's name, and nothing else. Signed with HMAC over BLAKE2s (128 bits),
which keeps a link short enough for a text message.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from itsdangerous import BadSignature, TimestampSigner

from vitals.times import DAY, SECOND

PATH: Final = "a"
"""The path under which links are answered: short, for it stands in every text message."""


class Pass(NamedTuple):
    """What a link allows: to answer ``alert`` as ``caregiver``; ``issued`` and ``expires`` in ms UTC."""

    alert: str
    caregiver: str
    issued: int
    expires: int


class BadLinkError(Exception):
    """A link that is no (longer a) link of ours; says what to do instead, and nothing about any alert."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links. ``base`` is the public address, without a slash at its end; ``secret`` signs.

    >>> links = Links("https://care.example", b"0123456789abcdef")
    >>> url = links.make("JO4OA2ZLDI", "ana", now=1_760_000_000_000)
    >>> url[:39], len(url) < 85
    ('https://care.example/a/JO4OA2ZLDI.ana.a', True)
    >>> links.read(url.rpartition("/")[2], now=1_760_000_060_000)[:2]
    ('JO4OA2ZLDI', 'ana')
    """

    base: str
    secret: bytes
    valid: int = DAY
    """How long a link may be used, ms."""
    texts: bool = False
    """Whether an answer by text message is heard too: a text without room for the link then says how."""

    def make(self, alert: str, caregiver: str, now: int) -> str:
        """The link for one notice, made at ``now`` (ms UTC)."""
        signed = Signer(self.secret, now).sign(f"{alert}.{caregiver}").decode()
        return f"{self.base}/{PATH}/{signed}"

    def read(self, token: str, now: int) -> Pass:
        """What a token allows at ``now``; BadLinkError when it was not made by us, was altered, or has expired."""
        try:
            value, when = Signer(self.secret, now).unsign(token, return_timestamp=True)
        except BadSignature:
            raise BadLinkError("This link is not valid. Open the newest message about this alert.") from None
        issued = int(when.timestamp()) * SECOND
        if not issued - DAY <= now < issued + self.valid:
            raise BadLinkError("This link has expired. Open the newest message about this alert.")
        alert, _, caregiver = value.decode().partition(".")
        return Pass(alert, caregiver, issued, issued + self.valid)


class Signer(TimestampSigner):
    """Its time is an argument, so that a scaled or a stopped clock holds for links too; what was signed with one
    ``salt`` is no good with another.
    """

    def __init__(self, secret: bytes, now: int, salt: str = "homevigil.alert.link") -> None:
        super().__init__(secret, salt=salt, digest_method=staticmethod(_digest))
        self._now = now // SECOND

    def get_timestamp(self) -> int:
        return self._now


def _digest(data: bytes = b"") -> Any:
    return hashlib.blake2s(data, digest_size=16)
