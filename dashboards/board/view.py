"""What the board shows and asks: plain data, and the Protocol of whoever answers for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from dashboards.board.sheet import Choice


@dataclass(frozen=True, slots=True)
class Card:
    """One alert as the reader sees it; ``seq`` is its newest line, so that an answer says what stood before their eyes.

    ``severity`` is high, medium or low and ``urgency`` says it in words. ``taken``: somebody is on it. ``first`` are
    the answers at hand, ``more`` the others; whether it can be closed as dealt with is ``closable``.
    """

    id: str
    seq: int
    severity: str
    urgency: str
    title: str
    patient: str
    taken: bool
    lines: Sequence[str]
    told: str
    stands: str
    marks: Sequence[str]
    history: Sequence[str]
    first: Sequence[Choice]
    more: Sequence[Choice]
    closable: bool = True


class Home(NamedTuple):
    """A patient with whom the reader can clock in (``words`` names them), or has since ``words``."""

    patient: str
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole board for one reader.

    ``labels`` are its fixed words; ``mind`` what keeps people from being told (silences, pauses, hours nobody covers);
    ``away`` and ``here`` the patients with whom they can clock in, and have; ``form`` is the key that every form
    carries. ``rest`` says that there are more alerts than are shown; ``as_of`` the reader's time of day.
    """

    language: str
    reader: str
    as_of: str
    labels: Mapping[str, str]
    outcomes: Sequence[Choice]
    cards: Sequence[Card]
    rest: str
    mind: Sequence[str]
    away: Sequence[Home]
    here: Sequence[Home]
    form: str


class Entry(NamedTuple):
    """A session that has been opened: what the browser keeps, for how many seconds, and whether over TLS alone."""

    session: str
    seconds: int
    secure: bool


class Said(NamedTuple):
    """An answer as its form brings it: ``seen`` is the card's ``seq``, ``form`` the key."""

    form: str
    alert: str
    answer: str
    note: str = ""
    outcome: str = ""
    seen: int | None = None


class Watching(Protocol):
    """Who keeps the board. All raise Refused: 401 where a link must be opened (again), 403 for a foreign form."""

    def enter(self, token: str) -> Entry: ...
    def see(self, session: str) -> View: ...
    def looked(self, session: str, view: View) -> None:
        """Write down that this view is given out."""
        ...

    def take(self, session: str, said: Said) -> None: ...
    def clock(self, session: str, form: str, patient: str, *, out: bool) -> None: ...
