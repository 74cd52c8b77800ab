"""Each person's notice holds their own link, in their own language, also when it is put into words anew."""

import re

import pytest

from alerts.desk import Desk
from alerts.links import Links
from tests.alerts.house import GLUCOSE, NO_INTAKE, NOON, PULSE, SPO2, a_desk, agency, found, person
from tests.alerts.memory_ledger import MemoryLedger
from vitals.alert import Delivery
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.people import QuietHours, Role
from vitals.times import HOUR, MINUTE

LINKS = Links("https://care.example", b"k" * 32)
LINK = re.compile(r"https://\S+")
ANA = person("ana", Role.CNA)
BEA = person("bea", Role.CNA).model_copy(update={"language": "es"})
EVA = person("eva", Role.CNA, private=True).model_copy(update={"language": "es"})
ZED = person("zed", Role.CNA).model_copy(update={"language": "xx"})


def whose(notice: Delivery, now: int = NOON) -> tuple[str, str]:
    """The alert and the person of the one link in a notice."""
    (link,) = LINK.findall(notice.body)
    return LINKS.read(link.rpartition("/")[2], now)[:2]


def linked(*people: object, now: int = NOON) -> Desk:
    desk, _ = a_desk(agency(*people), now)
    desk.links = LINKS
    return desk


def test_every_notice_holds_its_readers_own_link():
    notices = linked(ANA, BEA, EVA, ZED).record(NO_INTAKE, [found()], NOON).deliveries
    assert [whose(notice) for notice in notices] == [(notice.alert, notice.recipient) for notice in notices]
    assert {notice.recipient for notice in notices} == {"ana", "bea", "eva", "zed"}
    assert len(notices[2].body) <= 160


def test_each_reads_it_in_their_language_and_english_where_we_have_no_words_in_it():
    notices = {n.recipient: n for n in linked(ANA, BEA, EVA, ZED).record(NO_INTAKE, [found()], NOON).deliveries}
    assert notices["ana"].title == "Act now: Oxygen saturation low – The Person"
    assert notices["bea"].title == "Actúe ahora: Saturación de oxígeno por debajo del límite – The Person"
    assert notices["eva"].body.startswith("Paciente C17: actue ahora. Vaya")
    assert notices["zed"].title == notices["ana"].title


def test_without_links_the_code_stands_alone():
    desk, _ = a_desk(agency(ANA, EVA))
    for notice in desk.record(NO_INTAKE, [found()], NOON).deliveries:
        assert "http" not in notice.body
        assert notice.body.endswith(notice.alert)


def test_a_notice_that_says_what_has_joined_keeps_the_link():
    findings = [found(key=SPO2), found(key=PULSE)]
    (notice,) = linked(BEA).record(NO_INTAKE, findings, NOON).deliveries
    assert "Y 1 más: frecuencia cardíaca por encima del límite." in notice.body
    assert whose(notice) == (notice.alert, "bea")


def test_the_next_rung_gets_links_of_its_own():
    desk = linked(ANA, person("noor", Role.NURSE))
    first = desk.record(NO_INTAKE, [found()], NOON).deliveries
    later = [n for minute in (4, 6, 8) for n in desk.tick(NOON + minute * MINUTE).deliveries]
    assert {whose(n)[1] for n in first} == {"ana"}
    assert "noor" in {whose(n, n.created)[1] for n in later}


def test_what_waited_through_the_night_leaves_with_a_fresh_link():
    night = QuietHours(start="11:00", end="18:00", min_severity=Severity.HIGH)
    sleeper = person("sam", Role.CNA, quiet=night).model_copy(update={"language": "es"})
    clock = ManualClock(NOON)
    desk = Desk(MemoryLedger(agency(sleeper)), clock)
    desk.links = Links("https://care.example", b"k" * 32, valid=4 * HOUR)
    (notice,) = desk.record(NO_INTAKE, [found(Severity.MEDIUM, key=GLUCOSE)], NOON).deliveries
    clock.set(notice.due)
    sent = desk.renew(notice)
    assert sent is not None
    link = LINK.findall(sent.body)[0].rpartition("/")[2]
    assert desk.links.read(link, notice.due + 3 * HOUR)[:2] == (notice.alert, "sam")
    assert sent.title.startswith("Actúe pronto: ")
    assert notice.due - NOON > 4 * HOUR


@pytest.mark.parametrize(("scheme", "hinted"), [("twilio", True), ("ntfy", False)])
def test_how_to_reply_is_said_only_where_replies_reach_us_and_the_link_has_no_room(scheme: str, *, hinted: bool):
    texted = person("ana", Role.CNA, url=f"{scheme}://AC0:t@15551230000/15559990000", private=True)
    desk, _ = a_desk(agency(texted))
    desk.links = Links("https://care.example/" + "x" * 120, b"k" * 32, texts=True)
    (notice,) = desk.record(NO_INTAKE, [found()], NOON).deliveries
    assert "http" not in notice.body
    assert ("Reply 1 OK, 2 on my way." in notice.body) is hinted
