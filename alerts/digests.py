"""Digests on their way: a handover for everybody who comes on, a morning word for those who are always there, a week's.

Queued as notices of no alert, under keys that name the person, the moment and the channel: neither a restart, which
looks back for half an hour, nor a second service process tells anybody twice. Looked for off the way of alerts, at most
once a minute, and free while nobody comes on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

import structlog

from alerts.comings import Coming, Comings
from alerts.drill import is_drill
from alerts.handover import handover, items
from alerts.message import Message
from alerts.mornings import Morning, Mornings, still_there
from alerts.ports import LedgerTx
from alerts.roster import Roster
from alerts.wanted import HANDOVER, WEEKLY, wanted_for
from alerts.weekly import Week, read_week
from alerts.words_weekly import weekly
from vitals.alert import Alert, AlertState, Delivery, Transition
from vitals.finding import Severity
from vitals.people import Caregiver, Channel
from vitals.times import DAY, MINUTE

log = structlog.get_logger(__name__)

LOOK_BACK: Final = 30 * MINUTE
_LOT: Final = 200
"""Notices a transaction: an alert that wants the ledger waits a few ms for them at most."""

Words = Callable[[bool], Message]
"""The words for a private channel, and for one that is not."""


class Book(Protocol):
    """The ledger as digests see it."""

    def write(self) -> AbstractContextManager[LedgerTx]: ...
    def live(self) -> list[Alert]: ...
    def resolved(self, since: int) -> list[Alert]: ...
    def alerts(
        self, state: AlertState | None = None, patient: None = None, limit: int | None = 1_000, since: int | None = None
    ) -> list[Alert]:
        """Alerts that opened at ``since`` (ms) or later, newest first."""
        ...

    def transitions(self, alert_id: None = None, since: int | None = None) -> list[Transition]: ...


class Digests:
    """Looks from ``now`` on, and half an hour back; ``roster`` gives the one in force, ``wake`` makes the outbox look.

    ``breathe`` is called now and then during a long look. Not thread-safe: one thread looks.
    """

    def __init__(
        self,
        book: Book,
        roster: Callable[[], Roster],
        now: int,
        *,
        wake: Callable[[], None],
        breathe: Callable[[], None] = lambda: None,
    ) -> None:
        self._book, self._in_force, self._wake, self._breathe = book, roster, wake, breathe
        self._since = now - LOOK_BACK
        self._take(roster())

    def look(self, now: int) -> int:
        """Queue what has come due by ``now`` (ms UTC); returns how many notices. When the ledger fails, look again."""
        roster = self._in_force()
        if roster is not self._roster:
            self._take(roster)
        try:
            return self._tell(now)
        except Exception:  # whatever failed, what had come due is looked at again from where it was last committed
            self._take(roster)
            raise

    def _take(self, roster: Roster) -> None:
        self._roster = roster
        self._comings, self._mornings = Comings(roster, self._since), Mornings(roster.caregivers.values(), self._since)

    def _tell(self, now: int) -> int:
        came, mornings = self._comings.until(now, self._breathe), self._mornings.until(now)
        queued = self._handovers(came, mornings, now) if came or mornings else []
        queued += self._weeks([it for it in mornings if it.weekly], now)
        for i in range(0, len(queued), _LOT):
            with self._book.write() as tx:
                tx.add_deliveries(queued[i : i + _LOT])
            self._breathe()
        self._since = max(now, self._since)
        if queued:
            log.info("digests_queued", people=len({notice.recipient for notice in queued}), notices=len(queued))
            self._wake()
        return len(queued)

    def _handovers(self, came: Sequence[Coming], mornings: Sequence[Morning], now: int) -> list[Delivery]:
        told = [*came, *still_there(self._roster, mornings, self._breathe)]
        recent = self._recent(now) if told else {}
        notices: list[Delivery] = []
        for coming in _joined(told):
            self._breathe()
            notices += self._handover(coming, recent, now)
        return notices

    def _handover(self, coming: Coming, recent: Mapping[str, Sequence[Alert]], now: int) -> list[Delivery]:
        person = self._roster.caregivers[coming.caregiver]
        theirs = frozenset(coming.patients)
        found = items((alert for patient in coming.patients for alert in recent.get(patient, ())), theirs, now)

        def words(private: bool) -> Message:  # noqa: FBT001  (there are these two)
            return handover(person, found, self._roster.patients, private=private)

        return notices(HANDOVER, person, coming.start, now, words)

    def _weeks(self, mornings: Sequence[Morning], now: int) -> list[Delivery]:
        if not mornings:
            return []
        week = read_week(self._book, self._roster, min(it.start for it in mornings), self._breathe)
        return [notice for it in mornings for notice in self._week(it, week, now)]

    def _week(self, morning: Morning, week: Week, now: int) -> list[Delivery]:
        person, patients = self._roster.caregivers[morning.caregiver], self._roster.patients

        def words(private: bool) -> Message:  # noqa: FBT001  (there are these two)
            return weekly(week, patients, private=private, code=person.language)

        return notices(WEEKLY, person, morning.start, now, words)

    def _recent(self, now: int) -> dict[str, list[Alert]]:
        """What lives, and what ended within a day, by patient."""
        closed = self._book.alerts(AlertState.CLOSED, since=now - 7 * DAY, limit=None)
        found: dict[str, list[Alert]] = defaultdict(list)
        for alert in (*self._book.live(), *self._book.resolved(now - DAY), *closed):
            if not is_drill(alert.key):
                found[alert.key.patient].append(alert)
        return found


def _joined(told: Iterable[Coming]) -> list[Coming]:
    """One handover for one person and moment, of all the patients."""
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for it in told:
        found[it.start, it.caregiver].update(it.patients)
    return [Coming(who, start, tuple(sorted(of))) for (start, who), of in sorted(found.items())]


def notices(kind: str, person: Caregiver, start: int, now: int, words: Words) -> list[Delivery]:
    """A digest over each of a person's channels; quiet hours do not hold it, for it is their day that begins.

    A second way waits until nobody wants it any more, unless the first fails and brings it forward.

    >>> from alerts.message import Message
    >>> phone = Channel(name="phone", url="ntfy://topic")
    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC", channels=(phone,))
    >>> [(d.key, d.alert, d.body) for d in notices("handover", ana, 60_000, 61_000, lambda private: Message("", "…"))]
    [('handover:ana:60000:phone', '', '…')]
    """
    made = []
    for channel in _used(person.channels):
        said = words(channel.private)
        due = now + wanted_for(kind) if channel.after else now
        key = f"{kind}:{person.id}:{start}:{channel.name}"
        about = (key, "", 0, person.id, channel.name, due, now)
        made.append(Delivery(*about, severity=Severity.LOW, title=said.title, body=said.body))
    return made


def _used(channels: Sequence[Channel]) -> list[Channel]:
    """Those that take what is not urgent; where none does, those that take the mildest."""
    mildest = min((channel.min_severity for channel in channels), default=Severity.LOW)
    return [channel for channel in channels if channel.min_severity <= max(mildest, Severity.LOW)]
