"""A second way to the same person: when the first fails, or when nobody has answered; never past quiet hours."""

from collections.abc import Callable

import numpy as np

from alerts.attempt import Sender
from alerts.channels.base import Failure, Sent
from alerts.desk import Desk
from alerts.second_way import SecondWay, second_keys
from store.ledger import SqlLedger, open_ledger
from tests.alerts.house import NIGHT, NO_INTAKE, NOON, agency, found
from vitals.agency import Agency
from vitals.alert import DeliveryState
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.people import Caregiver, Channel, QuietHours, Role
from vitals.times import MINUTE, SECOND


def ana(quiet: QuietHours | None = None) -> Caregiver:
    ways = (Channel(name="push", url="console://push"), Channel(name="sms", url="console://sms", after="90s"))
    return Caregiver(id="ana", name="A.", role=Role.CNA, timezone="Europe/London", channels=ways, quiet_hours=quiet)


class House:
    """A desk over a real ledger, and a sender that a test drives by hand."""

    def __init__(self, ledger: SqlLedger, house: Agency, now: int = NOON) -> None:
        ledger.import_agency(house, now)
        self.ledger, self.clock, self.sent = ledger, ManualClock(now), list[str]()
        self.desk = Desk(ledger, self.clock, house)
        self.broken: set[str] = set()
        second = SecondWay(ledger, lambda: self.desk.roster, lambda: None)
        generator = np.random.default_rng(1)
        self.sender = Sender(self, self.desk.address, self.desk.renew, self.clock, generator, on_failed=second)

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        if url in self.broken:
            return Sent(ok=False, text="refused", failure=Failure.UNREACHABLE)
        self.sent.append(url)
        return Sent(ok=True, text="taken")

    def work(self, after: int = 0) -> list[str]:
        """What is sent now, ``after`` ms from the last time."""
        self.clock.set(self.clock.now() + after)
        self.sent.clear()
        while due := self.ledger.lease("w", self.clock.now(), self.clock.now() + MINUTE, 10):
            self.ledger.mark([self.sender.attempt(delivery) for delivery in due])
        return list(self.sent)


def opened(house: Agency, now: int = NOON, severity: Severity = Severity.HIGH) -> Callable[[SqlLedger], House]:
    def make(ledger: SqlLedger) -> House:
        made = House(ledger, house, now)
        made.desk.record(NO_INTAKE, [found(severity, time=now)], now)
        return made

    return make


def test_who_does_not_answer_is_told_by_the_second_way() -> None:
    with open_ledger("sqlite://") as ledger:
        house = opened(agency(ana()))(ledger)
        assert house.work() == ["console://push"]
        assert house.work(89 * SECOND) == []
        assert house.work(SECOND) == ["console://sms"]


def test_who_has_answered_is_left_alone() -> None:
    with open_ledger("sqlite://") as ledger:
        house = opened(agency(ana()))(ledger)
        house.work()
        house.desk.acknowledge(ledger.live()[0].id, "ana", house.clock.now())
        assert house.work(5 * MINUTE) == []


def test_when_the_first_way_fails_the_second_is_taken_at_once() -> None:
    with open_ledger("sqlite://") as ledger:
        house = opened(agency(ana()))(ledger)
        house.broken.add("console://push")
        assert house.work() == ["console://sms"]
        assert house.work(10 * SECOND) == []  # and is not taken a second time
        states = {d.channel: d.state for d in ledger.deliveries()}
        assert states == {"push": DeliveryState.PENDING, "sms": DeliveryState.SENT}


def test_quiet_hours_hold_the_second_way_back_too() -> None:
    quiet = QuietHours(start="22:00", end="07:00")
    house = agency(ana(quiet))
    with open_ledger("sqlite://") as ledger:
        tonight = opened(house, NIGHT, Severity.MEDIUM)(ledger)
        assert tonight.work() == tonight.work(5 * MINUTE) == []
        (waiting, *_) = ledger.deliveries()
        assert second_keys(waiting, tonight.desk.roster, NIGHT) == []
