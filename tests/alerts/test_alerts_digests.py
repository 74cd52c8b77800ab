"""Digests: whoever comes on, or is always there, is told once."""

import pytest

from store.ledger import SqlLedger
from tests.alerts.digest_house import ANA_TWICE, DAYS, LIVE_IN, SEVEN, House
from tests.alerts.house import (
    ANA,
    NOOR,
    OPS,
    agency,
    patient,
    person,
    shift_of,
)
from vitals.finding import FindingKey, Severity
from vitals.people import Channel, QuietHours, Role
from vitals.times import DAY, HOUR, MINUTE


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
