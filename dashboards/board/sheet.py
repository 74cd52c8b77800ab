"""What the pages show and ask: plain data, so that a page knows nothing of desks and ledgers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be answered: its name for machines, the words on the button, and whether it is a loud one."""

    name: str
    words: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One alert as the caregiver who holds the link sees it.

    ``severity`` is high, medium or low; ``urgency`` says it in words, so that nothing hangs on a colour. ``lines`` are
    what was measured, since when, and what is to be done; ``history`` what has happened, newest last; ``choices`` is
    empty when nothing is left to answer, and ``said`` then tells why; ``note`` labels the field for a remark.
    """

    language: str
    severity: str
    urgency: str
    title: str
    patient: str
    lines: Sequence[str]
    history: Sequence[str]
    choices: Sequence[Choice]
    note: str = ""
    said: str = ""


class Refused(Exception):  # noqa: N818  (an answer to a person, not a fault of ours)
    """A request that is not granted: ``status`` for the browser, and words for the person."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Answering(Protocol):
    """Who looks alerts up and takes answers; both raise Refused."""

    def look(self, token: str) -> Sheet: ...
    def take(self, token: str, answer: str, note: str) -> None: ...


class Texting(Protocol):
    """Who takes text messages."""

    def text(self, sender: str, body: str, message_id: str) -> str:
        """Take a message from a telephone number; returns what is texted back, empty for nothing."""
        ...
