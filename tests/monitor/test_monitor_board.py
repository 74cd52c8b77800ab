"""The live board over a real desk: each sees their own, an answer there stops the climb, all is written down."""

import re
from collections.abc import Iterator

import pytest

from store.ledger import open_ledger
from tests.alerts.house import GLUCOSE, NOON, shift_of
from tests.monitor.board_home import HOUSE, OTHER, PEOPLE, SILENT_DEVICE, Home
from vitals.alert import AlertState
from vitals.finding import Kind, Severity
from vitals.times import DAY, HOUR, MINUTE


@pytest.fixture
def home() -> Iterator[Home]:
    with open_ledger("sqlite://") as ledger:
        yield Home(ledger)


def test_each_sees_their_own_patients_and_the_office_all(home: Home) -> None:
    one, two, device = home.find(), home.find(key=OTHER), home.find(key=SILENT_DEVICE, kind=Kind.TECHNICAL)
    sees = {who.id: {name for name in (one, two, device) if name in home.page(who.id)} for who in PEOPLE}
    assert sees == {
        "ana": {one, device}, "eva": {one, device}, "tim": {two}, "noor": {one, two, device},
        "olga": {one, two, device}, "tom": {device},
    }  # fmt: skip
    assert "The Person" not in home.page("tom")


def test_each_reads_it_in_their_words(home: Home) -> None:
    home.find()
    assert "Act now" in home.page("ana")
    assert "Actúe ahora" in home.page("eva")
    assert "Nadie ha respondido" in home.page("eva")


def test_an_answer_on_the_board_stops_the_climb(home: Home) -> None:
    answered, ignored = home.find(), home.find(key=GLUCOSE, value=400.0, limit=300.0)
    assert home.say(home.browser("ana"), answered, "acknowledge") == 200
    assert (home.alert(answered).state, home.alert(answered).acknowledged_by) == (AlertState.ACKNOWLEDGED, "ana")
    home.clock.set(NOON + 10 * MINUTE)
    home.desk.tick(home.clock.now())
    assert {d.recipient for d in home.ledger.deliveries(answered)}.isdisjoint({"noor", "olga"})
    assert home.alert(ignored).step > 1
    assert "ana has taken it on." in home.page("noor")


@pytest.mark.parametrize(
    ("answer", "outcome", "cause", "state"),
    [
        ("acknowledge", "", "acknowledged", AlertState.ACKNOWLEDGED),
        ("on_my_way", "", "on_my_way", AlertState.ACKNOWLEDGED),
        ("checked_fine", "", "checked", AlertState.ACKNOWLEDGED),
        ("artefact", "", "checked", AlertState.ACKNOWLEDGED),
        ("call_for_help", "", "help", AlertState.ESCALATED),
        ("dealt_with", "nuisance", "closed", AlertState.CLOSED),
    ],
)
def test_each_answer(home: Home, answer: str, outcome: str, cause: str, state: AlertState) -> None:
    alert = home.find()
    assert home.say(home.browser("ana"), alert, answer, note="<b>seen</b>", outcome=outcome) == 200
    last = home.ledger.transitions(alert)[-1]
    assert (last.cause, last.actor, last.note, home.alert(alert).state) == (cause, "ana", "<b>seen</b>", state)
    if outcome:
        assert last.evidence["outcome"] == outcome
    assert "<b>seen</b>" not in home.page("ana")


def test_of_two_the_second_is_told_who_has_it(home: Home) -> None:
    alert, ana, noor = home.find(), home.browser("ana"), home.browser("noor")
    assert home.say(ana, alert, "acknowledge") == 200
    assert home.say(noor, alert, "acknowledge") == 409
    assert home.alert(alert).acknowledged_by == "ana"


def test_nobody_answers_for_patients_of_others_or_in_strange_words(home: Home) -> None:
    alert = home.find()
    assert home.say(home.browser("tim"), alert, "acknowledge") in (403, 404)  # not his; he has no card to answer
    assert home.say(home.browser("ana"), "AAAAAAAAAA", "acknowledge") == 404
    assert home.say(home.browser("ana"), alert, "dance") == 400
    assert home.say(home.browser("ana"), alert, "dealt_with", outcome="maybe") == 400
    assert home.say(home.browser("ana"), alert, "acknowledge", form="forged") == 403
    assert home.alert(alert).state is AlertState.OPEN


def test_link_and_session_end_and_neither_stands_for_the_other(home: Home) -> None:
    home.find()
    ana, link = home.browser("ana"), home.passes.link("ana", NOON)
    assert ana.get("/board").status_code == 200
    home.clock.set(NOON + 12 * HOUR)
    assert ana.get("/board").status_code == 401
    home.clock.set(NOON + DAY)
    assert ana.get(f"/b/{link}").status_code == 410
    assert ana.get(f"/b/{home.passes.session('ana', NOON + DAY)}").status_code == 410
    assert home.browser("nobody").get("/board").status_code == 401


def test_silences_pauses_and_snoozes_are_marked(home: Home) -> None:
    alert = home.find(severity=Severity.MEDIUM)
    home.desk.silencing.set("p1", until=NOON + HOUR, reason="physio<i>", by="noor", now=NOON, rule="limit")
    page = home.page("noor")
    assert "Silenced until 13:00: nobody is told." in page
    assert "physio&lt;i&gt;. (noor)" in page
    assert "D42 · Another Person: monitoring is paused until Thu 19 Nov 00:00. hospital." in page
    home.desk.snooze(alert, "ana", NOON + 30 * MINUTE, NOON)
    assert "Put off until 12:30 by ana." in home.page("ana")


def test_hours_that_nobody_covers_are_said(home: Home) -> None:
    shifts = tuple(shift_of(who.id, "00:00", "01:00") for who in PEOPLE)
    home.desk.use(HOUSE.model_copy(update={"shifts": shifts}))
    assert "C17 · The Person: nobody is on duty who can be told" in home.page("noor")


def test_who_comes_and_goes_is_on_the_roster(home: Home) -> None:
    home.desk.use(HOUSE.model_copy(update={"shifts": (shift_of("ana", "00:00", "01:00"),)}))
    ana = home.browser("ana")
    key = re.search(r'name="form" value="([^"]+)"', ana.get("/board").text)
    assert key
    on = lambda: "ana" in {duty.caregiver.id for duty in home.desk.roster.on_duty("p1", home.clock.now())}  # noqa: E731
    assert not on()
    assert ana.post("/board/clock", data={"form": key[1], "patient": "p2", "clock": "in"}).status_code == 404
    shown = ana.post("/board/clock", data={"form": key[1], "patient": "p1", "clock": "in"})
    assert "clocked in at 12:00" in shown.text
    assert on()
    home.clock.set(NOON + HOUR)
    ana.post("/board/clock", data={"form": key[1], "patient": "p1", "clock": "out"})
    assert not on()
    assert [event.event.value for event in home.ledger.events(0)] == ["clock_in", "clock_out"]


def test_every_look_is_written_down_without_a_name(home: Home) -> None:
    alert = home.find()
    home.page("ana")
    look, *_, enter = [act for act in home.ledger.acts() if act.actor == "ana"]
    assert (look.what, look.subject, look.detail["alerts"]) == ("look", "board", [alert])
    assert enter.what == "enter"
    assert "The Person" not in repr(home.ledger.acts())
