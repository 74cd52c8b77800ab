"""Digests when something is in the way: hours gone by, a channel or the ledger that fails, another agency file."""

from typing import Any

import pytest

from alerts.digests import Digests
from alerts.roster import Roster
from alerts.second_way import second_keys
from store.ledger import SqlLedger
from tests.alerts.digest_house import DAYS, SEVEN, House
from tests.alerts.house import (
    ANA,
    NOOR,
    OPS,
    PULSE,
    agency,
)
from vitals.errors import UnavailableError
from vitals.people import Channel
from vitals.times import HOUR, MINUTE


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
