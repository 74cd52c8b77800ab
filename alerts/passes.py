"""Who may look at the board: a personal link opens it, a session keeps it open, and every form carries a key.

The link and the session name the caregiver and end by themselves; both are signed as the links in notices are, each
with a salt of its own, so that none can stand for another. Nothing is stored: who is no longer in the agency file is
shut out at once, and another secret shuts out everybody.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadSignature

from alerts.links import BadLinkError, Signer
from vitals.times import DAY, HOUR, SECOND

PATH: Final = "b"
"""The path of personal links to the board."""
_LINK: Final = "homevigil.board.link"
_SESSION: Final = "homevigil.board.session"
_FORM: Final = "homevigil.board.form"
_AGAIN: Final = "Ask for a new link to the board: homevigil board link."


@dataclass(frozen=True, slots=True)
class Passes:
    """Makes and reads them; ``secret`` signs. Times in ms UTC, lengths in ms.

    >>> passes = Passes(b"0123456789abcdef")
    >>> token = passes.link("ana", now=1_760_000_000_000)
    >>> passes.who_opens(token, now=1_760_000_060_000)
    'ana'
    >>> passes.who_looks(token, now=1_760_000_060_000)  # a link is no session
    Traceback (most recent call last):
    ...
    alerts.links.BadLinkError: This is not open any more. Ask for a new link to the board: homevigil board link.
    """

    secret: bytes
    link_valid: int = DAY
    """How long a personal link opens the board."""
    session_valid: int = 12 * HOUR
    """How long it then stays open."""

    def link(self, caregiver: str, now: int) -> str:
        """The token of a personal link."""
        return Signer(self.secret, now, _LINK).sign(caregiver).decode()

    def who_opens(self, token: str, now: int) -> str:
        """Whose link it is; BadLinkError when it was not made by us, was altered, or has expired."""
        return self._who(token, now, _LINK, self.link_valid, "This link is not valid any more.")

    def session(self, caregiver: str, now: int) -> str:
        """What the browser keeps."""
        return Signer(self.secret, now, _SESSION).sign(caregiver).decode()

    def who_looks(self, session: str, now: int) -> str:
        """Whose session it is; BadLinkError as above."""
        return self._who(session, now, _SESSION, self.session_valid, "This is not open any more.")

    def form(self, session: str) -> str:
        """The key that forms of this session carry, which no other site can know."""
        return Signer(self.secret, 0, _FORM).get_signature(session).decode()

    def is_form(self, session: str, key: str) -> bool:
        """Whether a form carries the session's key."""
        return hmac.compare_digest(self.form(session).encode(), key.encode())

    def _who(self, token: str, now: int, salt: str, valid: int, words: str) -> str:
        try:
            value, when = Signer(self.secret, now, salt).unsign(token, return_timestamp=True)
        except BadSignature:
            raise BadLinkError(f"{words} {_AGAIN}") from None
        issued = int(when.timestamp()) * SECOND
        if not issued - DAY <= now < issued + valid:
            raise BadLinkError(f"{words} {_AGAIN}")
        return value.decode()
