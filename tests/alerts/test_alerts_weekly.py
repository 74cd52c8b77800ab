"""Nurse and operations manager hear of the week."""

import math

import pytest

from alerts.figures import Figures
from alerts.gsm import LIMIT, septets
from alerts.language import languages
from alerts.weekly import Week
from alerts.words_weekly import weekly
from store.ledger import SqlLedger
from tests.alerts.digest_house import DAYS, MONDAY, House
from tests.alerts.house import (
    ANA,
    GLUCOSE,
    NOOR,
    OPS,
    SPO2,
    agency,
    shift_of,
)
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Channel
from vitals.times import DAY, HOUR, MINUTE


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
    assert weeks["olga"].title.startswith("The week: 3 alerts, 1 measurement missed, ")
    assert "- limit.low: 1, 100 % of 1 judged were true, answered after 2m" in body
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


def test_each_reads_it_in_their_language(ledger: SqlLedger) -> None:
    noor = NOOR.model_copy(update={"language": "es"})
    house = House(ledger, agency(noor, OPS), MONDAY - 3 * DAY)
    house.alert()
    weeks = {d.recipient: d for d in house.look(MONDAY) if d.key.startswith("weekly:")}
    assert weeks["olga"].title.startswith("The week: 1 alert, 0 measurements missed, ")
    assert weeks["noor"].title.startswith("La semana: 1 alerta, 0 mediciones sin hacer, ")
    assert "Alertas por gravedad:\n- alta: 1, 1 sin respuesta" in weeks["noor"].body


@pytest.mark.parametrize("code", languages())
def test_in_every_language_numbers_alone_fit_a_text_message(code: str) -> None:
    many = {f"p{n}": 99_999 * HOUR for n in range(3)}
    row = Figures("high", 99_999, 1.0, 0, math.nan, {}, 0, math.nan, math.nan, math.nan)
    week = Week((), (row,), (), {"p1": 99_999}, many)
    body = weekly(week, {}, private=True, code=code).body
    assert septets(body) <= LIMIT
    assert "p1" not in body
    assert "99999" in body.replace(".", "").replace(",", "")
