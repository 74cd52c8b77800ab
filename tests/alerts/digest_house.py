"""A desk over a ledger, and who looks for digests beside it."""

from typing import Any

from alerts.desk import Desk
from alerts.digests import Digests
from store.ledger import SqlLedger
from tests.alerts.house import (
    ANA,
    NO_INTAKE,
    SPO2,
    found,
    person,
    shift_of,
)
from vitals.agency import Agency
from vitals.alert import Delivery
from vitals.clock import ManualClock
from vitals.finding import FindingKey
from vitals.people import Channel, Role
from vitals.times import parse_time

SEVEN = parse_time("2026-11-18T07:00:00Z")
MONDAY = parse_time("2026-11-23T07:00:00Z")
LIVE_IN = person("liv", Role.LIVE_IN)
SMS = Channel(name="sms", url="sms://ana", private=True)
ANA_TWICE = ANA.model_copy(update={"channels": (*ANA.channels, SMS)})
DAYS = shift_of("ana", "07:00", "15:00")


class House:
    """A desk over a ledger, and who looks for digests beside it."""

    def __init__(self, ledger: SqlLedger, people: Agency, now: int) -> None:
        self.ledger, self.clock = ledger, ManualClock(now)
        ledger.import_agency(people, now)
        self.desk = Desk(ledger, self.clock)
        self.woken = 0
        self.digests = self.another()

    def another(self) -> Digests:
        """Started now: a restart, or a second process."""
        return Digests(self.ledger, lambda: self.desk.roster, self.clock.now(), wake=self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def look(self, now: int) -> list[Delivery]:
        """What is queued at ``now``, besides what was."""
        self.clock.set(now)
        known = {notice.key for notice in self.queued()}
        self.digests.look(now)
        return [notice for notice in self.queued() if notice.key not in known]

    def queued(self) -> list[Delivery]:
        return sorted((d for d in self.ledger.deliveries(limit=None) if not d.alert), key=lambda d: d.key)

    def alert(self, key: FindingKey = SPO2, **more: Any) -> None:
        now = self.clock.now()
        self.desk.record(NO_INTAKE, [found(key=key, time=now, **more)], now)
