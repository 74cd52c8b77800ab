"""Digests: whoever comes on, or is always there, is told once; nurse and manager hear of the week."""

from collections.abc import Iterator
from typing import Any

import pytest

from alerts.desk import Desk
from alerts.digests import Digests
from alerts.roster import Roster
from alerts.second_way import second_keys
from store.ledger import SqlLedger, open_ledger
from tests.alerts.house import (
    ANA,
    GLUCOSE,
    NO_INTAKE,
    NOOR,
    OPS,
    PULSE,
    SPO2,
    agency,
    found,
    patient,
    person,
    shift_of,
)
from vitals.agency import Agency
from vitals.alert import Delivery
from vitals.clock import ManualClock
from vitals.errors import UnavailableError
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Channel, QuietHours, Role
from vitals.times import DAY, HOUR, MINUTE, parse_time

SEVEN = parse_time("2026-11-18T07:00:00Z")
MONDAY = parse_time("2026-11-23T07:00:00Z")
LIVE_IN = person("liv", Role.LIVE_IN)
SMS = Channel(name="sms", url="sms://ana", private=True)
ANA_TWICE = ANA.model_copy(update={"channels": (*ANA.channels, SMS)})
DAYS = shift_of("ana", "07:00", "15:00")


@pytest.fixture
def ledger() -> Iterator[SqlLedger]:
    with open_ledger("sqlite://") as it:
        yield it


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


def test_whoever_comes_on_is_told_over_each_channel_what_is_open(ledger: SqlLedger) -> None:
    house = House(ledger, agency(ANA_TWICE, OPS, shifts=(DAYS,)), SEVEN - HOUR)
    house.alert()
    assert house.look(SEVEN - MINUTE) == []
    phone, text = house.look(SEVEN + 20_000)
    assert (phone.key, text.key) == (f"handover:ana:{SEVEN}:phone", f"handover:ana:{SEVEN}:sms")
    assert "The Person" in phone.body
    assert "1 open" in phone.title
    assert "The Person" not in text.body + text.title
    assert (text.alert, text.severity, text.due) == ("", Severity.LOW, SEVEN + 20_000)
    assert house.woken == 1
    assert house.look(SEVEN + MINUTE) == []


def test_neither_a_restart_nor_a_second_process_tells_twice(ledger: SqlLedger) -> None:
    house = House(ledger, agency(ANA, shifts=(DAYS,)), SEVEN - HOUR)
    second = house.another()
    first = house.look(SEVEN + MINUTE)
    second.look(SEVEN + 2 * MINUTE)
    house.clock.set(SEVEN + 3 * MINUTE)
    house.another().look(SEVEN + 3 * MINUTE)
    assert house.queued() == first


@pytest.mark.parametrize(("late", "told"), [(29 * MINUTE, 1), (31 * MINUTE, 0)])
def test_a_start_looks_back_for_half_an_hour(ledger: SqlLedger, late: int, told: int) -> None:
    house = House(ledger, agency(ANA, shifts=(DAYS,)), SEVEN + late)
    assert len(house.look(SEVEN + late)) == told


def test_quiet_hours_do_not_hold_it_and_an_urgent_channel_is_not_used_for_it(ledger: SqlLedger) -> None:
    quiet = QuietHours(start="22:00", end="09:00")
    urgent = Channel(name="pager", url="json://pager", min_severity=Severity.HIGH)
    ana = ANA.model_copy(update={"quiet_hours": quiet, "channels": (*ANA.channels, urgent)})
    ben = person("ben", Role.HMA, min_severity="high")
    house = House(ledger, agency(ana, ben, shifts=(DAYS, shift_of("ben", "07:00", "15:00"))), SEVEN - HOUR)
    told = house.look(SEVEN)
    assert [(notice.recipient, notice.channel, notice.due) for notice in told] == [
        ("ana", "phone", SEVEN),
        ("ben", "phone", SEVEN),
    ]


def test_whoever_is_always_there_hears_every_morning_by_their_own_clock(ledger: SqlLedger) -> None:
    york = LIVE_IN.model_copy(update={"id": "lou", "timezone": "America/New_York"})
    house = House(ledger, agency(LIVE_IN, york), SEVEN - HOUR)
    told = [[d.recipient for d in house.look(SEVEN + at)] for at in range(0, DAY + 1, HOUR)]
    assert {i: people for i, people in enumerate(told) if people} == {0: ["liv"], 5: ["lou"], 24: ["liv"]}


def test_a_nurse_with_shifts_is_told_of_all_patients_and_one_shift_upon_the_other_is_no_coming(
    ledger: SqlLedger,
) -> None:
    nina = person("nina", Role.NURSE)
    shifts = (
        shift_of("nina", "08:00", "16:00"),
        shift_of("noor", "00:00", "00:00"),
        shift_of("olga", "08:00", "16:00"),
    )
    two = (patient("p1"), patient("p2"))
    house = House(ledger, agency(nina, NOOR, OPS, shifts=shifts, patients=two), SEVEN - 8 * HOUR)
    house.alert()
    house.alert(FindingKey("limit.low", "p2", "spo2"))
    told = [house.look(SEVEN + at) for at in range(-7 * HOUR, 3 * HOUR, HOUR)]
    assert [(i - 7, d.recipient, d.title) for i, row in enumerate(told) for d in row] == [
        (0, "noor", "Handover: 2 open"),
        (1, "nina", "Handover: 2 open"),
    ]


def test_nurse_and_manager_hear_of_the_week_on_monday(ledger: SqlLedger) -> None:
    nina = NOOR.model_copy(update={"id": "nina", "channels": (Channel(name="sms", url="sms://n", private=True),)})
    house = House(ledger, agency(NOOR, nina, OPS, shifts=(shift_of("noor", "09:00", "17:00"),)), MONDAY - 3 * DAY)
    house.alert()
    house.alert(GLUCOSE, severity=Severity.MEDIUM)
    house.alert(FindingKey("gap.missed", "p1", "weight"), kind=Kind.TECHNICAL, severity=Severity.MEDIUM)
    spo2 = next(a for a in ledger.live() if a.key == SPO2)
    house.desk.acknowledge(spo2.id, "noor", house.clock.advance(2 * MINUTE))
    house.desk.close(spo2.id, "noor", "true", house.clock.advance(MINUTE))
    weeks = {d.recipient: d for d in house.look(MONDAY) if d.key.startswith("weekly:")}
    assert weeks.keys() == {"noor", "nina", "olga"}
    body = weeks["olga"].body
    assert weeks["olga"].title.startswith("The week: 3 alerts, 1 measurements missed, ")
    assert "- limit.low: 1, 100% of 1 judged were true, answered after 2m" in body
    assert "- The Person (C17): 3" in body
    assert "Measurements missed: 1" in body
    private = weeks["nina"]
    assert "The Person" not in private.title + private.body
    assert "3 alerts" in private.body
    assert [d for d in house.look(MONDAY + DAY) if d.key.startswith("weekly:")] == []


def test_uncovered_hours_of_the_coming_week_are_counted(ledger: SqlLedger) -> None:
    house = House(ledger, agency(ANA, OPS, shifts=(DAYS, shift_of("olga", "07:00", "15:00"))), MONDAY - HOUR)
    weekly = next(d for d in house.look(MONDAY) if d.key.startswith("weekly:"))
    assert f"{7 * 16}h uncovered in the coming week" in weekly.title


def test_it_is_wanted_for_four_hours_and_then_no_more(ledger: SqlLedger) -> None:
    house = House(ledger, agency(ANA, shifts=(DAYS,)), SEVEN - HOUR)
    (notice,) = house.look(SEVEN)
    assert house.desk.renew(notice) == notice
    house.clock.advance(4 * HOUR)
    assert house.desk.renew(notice) is None


def test_a_second_way_waits_in_vain_unless_the_first_fails(ledger: SqlLedger) -> None:
    later = Channel(name="sms", url="sms://ana", after="10m")
    ana = ANA.model_copy(update={"channels": (*ANA.channels, later)})
    house = House(ledger, agency(ana, shifts=(DAYS,)), SEVEN - HOUR)
    phone, sms = house.look(SEVEN)
    house.clock.advance(4 * HOUR)
    assert sms.due == house.clock.now()
    assert house.desk.renew(sms) is None
    assert second_keys(phone, house.desk.roster, SEVEN) == [sms.key]


def test_another_agency_file_is_taken_up_and_tells_nobody_of_what_has_begun(ledger: SqlLedger) -> None:
    house = House(ledger, agency(ANA, shifts=(DAYS,)), SEVEN + HOUR)
    house.look(SEVEN + HOUR)
    house.desk.use(agency(ANA, shifts=(DAYS.model_copy(update={"start": "09:30"}),)))
    assert house.look(SEVEN + 2 * HOUR) == []
    assert [d.recipient for d in house.look(SEVEN + 3 * HOUR)] == ["ana"]


def test_while_the_ledger_is_down_nobody_is_forgotten(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(ledger, agency(ANA, shifts=(DAYS,)), SEVEN - HOUR)

    def down(*_: object) -> None:
        raise UnavailableError("down")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "write", down)
        with pytest.raises(UnavailableError):
            house.digests.look(SEVEN)
    assert [d.recipient for d in house.look(SEVEN + 5 * MINUTE)] == ["ana"]


def test_the_ledger_is_left_alone_while_nobody_comes_on() -> None:
    house = agency(ANA, OPS, NOOR, shifts=(DAYS,))
    roster = Roster(house)
    nothing: Any = None
    digests = Digests(nothing, lambda: roster, SEVEN + HOUR, wake=pytest.fail)
    assert [digests.look(at) for at in range(SEVEN + HOUR, SEVEN + 20 * HOUR, 10 * MINUTE)] == [0] * 114


def test_what_was_closed_within_a_day_is_handed_over_as_well(ledger: SqlLedger) -> None:
    house = House(ledger, agency(ANA, shifts=(DAYS,)), SEVEN - HOUR)
    house.alert(PULSE)
    (alert,) = ledger.live()
    house.desk.close(alert.id, "ana", "true", house.clock.now())
    (notice,) = house.look(SEVEN)
    assert "Over since yesterday" in notice.body
    assert notice.title == "Handover: nothing is open"
