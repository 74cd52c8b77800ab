"""Several notices for one phone as one message: who waits together is told together.

A new HIGH is never part of one (alerts/throttle.py says what is new), nor is what is about no alert.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from typing import Final, Protocol

from alerts.message import Message
from alerts.notices import patient_of
from alerts.ports import Attempt
from alerts.roster import Roster
from alerts.throttle import BUNDLED
from alerts.words_bundle import Part, counted, together
from vitals.alert import Alert, Delivery
from vitals.finding import Kind

LEAST: Final = 3
"""Fewer go one by one: each then says all it has to say."""


class _Tx(Protocol):
    def alert(self, name: str) -> Alert | None: ...


class Book(Protocol):
    """The ledger as far as this reads it."""

    def write(self) -> AbstractContextManager[_Tx]: ...


class Bundler:
    """Writes the one message, by the alerts as they stand now."""

    def __init__(self, book: Book, roster: Callable[[], Roster]) -> None:
        self._book, self._roster = book, roster

    def __call__(self, notices: Sequence[Delivery]) -> Message:
        """The message; when the ledger does not answer, how many there are."""
        try:
            with self._book.write() as tx:
                alerts = [tx.alert(notice.alert) for notice in notices]
        except Exception:  # noqa: BLE001  (whatever the database says, they are told that there is something)
            alerts = []
        return self._said(notices, [alert for alert in alerts if alert is not None])

    def _said(self, notices: Sequence[Delivery], alerts: Sequence[Alert]) -> Message:
        roster = self._roster()
        person = roster.caregivers.get(notices[0].recipient)
        code = person.language if person else "en"
        channels = person.channels if person else ()
        private = any(c.private for c in channels if c.name == notices[0].channel)
        if len(alerts) < len(notices):
            return counted(len(notices), code)
        titles = {notice.alert: notice.title for notice in notices}
        parts = [
            Part(patient_of(roster, a.key.patient), a.severity, a.kind is Kind.TECHNICAL, titles.get(a.id, ""))
            for a in sorted(alerts, key=lambda alert: (-alert.severity, alert.onset))
        ]
        return together(parts, code, private=private)


def leader(notices: Sequence[Delivery]) -> Delivery:
    """The notice that the others go with: the most severe."""
    return max(notices, key=lambda notice: notice.severity)


def as_one(notices: Sequence[Delivery], said: Message) -> Delivery:
    """The notice that stands for all of them. Its key is that of these together: who has got one of them by itself
    must not take this for the same again.
    """
    keys = "\n".join(sorted(notice.key for notice in notices))
    key = f"bundle:{sha256(keys.encode()).hexdigest()[:32]}"
    return replace(leader(notices), key=key, title=said.title, body=said.body)


def shared(attempts: Sequence[Attempt], notices: Sequence[Delivery]) -> list[Attempt]:
    """Each notice's own attempt, once the message has been taken.

    >>> ones = [Delivery(key, key, 1, "ana", "phone", due=0, created=0) for key in "ABC"]
    >>> taken = [Attempt(one.key, 0, ok=True, result="taken") for one in ones]
    >>> [attempt.result for attempt in shared(taken, ones)]
    ['taken', 'bundled with A', 'bundled with A']
    """
    first = leader(notices).key
    return [it if it.key == first else replace(it, result=f"{BUNDLED}{first}") for it in attempts]
