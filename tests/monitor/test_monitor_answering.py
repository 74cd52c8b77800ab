"""Answering from anywhere: a link from a notice, over real HTTP; a reply by text message; each to one alert only."""

import re
from collections.abc import Iterator

import httpx
import pytest

from alerts.desk import Desk
from alerts.links import Links
from dashboards.board.answer import answer_routes
from dashboards.board.server import serving, site
from monitor.answering import Answers
from store.ledger import SqlLedger, open_ledger
from tests.alerts.house import GLUCOSE, NO_INTAKE, NOON, OPS, agency, found, person
from vitals.alert import AlertState
from vitals.clock import ManualClock
from vitals.people import Role
from vitals.times import DAY, MINUTE

ANA = person("ana", Role.CNA, url="twilio://AC0:token@+15551230000/+15559990001", private=True)
EVA = person("eva", Role.HMA, url="twilio://AC0:token@+15551230000/+15559990002").model_copy(update={"language": "es"})
NOOR = person("noor", Role.NURSE)
HOUSE = agency(ANA, EVA, NOOR, OPS)


class Home:
    def __init__(self, ledger: SqlLedger, port: int) -> None:
        self.ledger, self.clock = ledger, ManualClock(NOON)
        ledger.import_agency(HOUSE, NOON)
        self.desk = Desk(ledger, self.clock, HOUSE)
        self.links = Links(f"http://127.0.0.1:{port}", b"k" * 32)
        self.desk.links = self.links
        self.answers = Answers(self.desk, ledger, self.links, self.clock)

    def find(self, **how: object) -> str:
        now = self.clock.now()
        recorded = self.desk.record(NO_INTAKE, [found(time=now, **how)], now)  # type: ignore[arg-type]
        return recorded.alerts[0].id

    def link(self, alert: str, who: str = "ana") -> str:
        """As it stands in what was sent to them."""
        (said,) = [d.body for d in self.ledger.deliveries(alert) if d.recipient == who]
        (url,) = re.findall(r"https?://\S+", said)
        return str(url)

    def state(self, alert: str) -> AlertState:
        stands = self.ledger.alert(alert)
        assert stands is not None
        return stands.state


@pytest.fixture
def home() -> Iterator[Home]:
    with open_ledger("sqlite://") as ledger:
        made = Home(ledger, 0)
        with serving(site(answer_routes(made.answers)), "127.0.0.1", 0) as port:
            made.desk.links = made.links = made.answers._links = Links(f"http://127.0.0.1:{port}", b"k" * 32)
            yield made


def test_the_link_in_a_text_message_shows_the_alert_and_takes_the_answer(home: Home) -> None:
    alert, other = home.find(), home.find(key=GLUCOSE, value=40.0, limit=54.0)
    url = home.link(alert)
    page = httpx.get(url)
    assert page.status_code == 200
    for words in ("Act now", "Oxygen saturation", "84 %", "C17", "On my way", "Send help"):
        assert words in page.text
    assert home.state(alert) is AlertState.OPEN  # a look is no answer
    assert httpx.post(url, data={"answer": "on_my_way", "note": "ten minutes"}).status_code == 303
    assert (home.state(alert), home.state(other)) == (AlertState.ACKNOWLEDGED, AlertState.OPEN)
    assert "ana has taken it on." in httpx.get(url).text
    assert [(act.actor, act.what, act.subject) for act in home.ledger.acts()][:2] == [("ana", "look", alert)] * 2


def test_each_person_has_their_own_link_in_their_own_language(home: Home) -> None:
    alert = home.find()
    assert home.link(alert, "ana") != home.link(alert, "eva")
    page = httpx.get(home.link(alert, "eva")).text
    assert 'lang="es"' in page
    assert "Actúe ahora" in page
    httpx.post(home.link(alert, "eva"), data={"answer": "acknowledge"})
    stands = home.ledger.alert(alert)
    assert stands is not None
    assert stands.acknowledged_by == "eva"


def test_whoever_answers_second_is_told_who_has_it(home: Home) -> None:
    alert = home.find()
    httpx.post(home.link(alert, "eva"), data={"answer": "acknowledge"})
    second = httpx.post(home.link(alert, "ana"), data={"answer": "acknowledge"})
    assert second.status_code == 409
    assert "eva has taken it on." in second.text
    assert (
        httpx.post(home.link(alert, "eva"), data={"answer": "acknowledge"}).status_code == 303
    )  # twice by one is fine


def test_a_call_for_help_climbs_at_once(home: Home) -> None:
    alert = home.find()
    httpx.post(home.link(alert), data={"answer": "call_for_help"})
    anew = {d.recipient for d in home.ledger.deliveries(alert) if d.seq > 1}
    assert anew
    assert anew != {"ana"}  # the second caregiver comes before the nurse


def test_a_link_ends_and_a_wrong_answer_is_refused(home: Home) -> None:
    url = home.link(home.find())
    assert httpx.post(url, data={"answer": "dance"}).status_code == 400
    assert httpx.post(url, data={}).status_code == 400
    home.clock.set(NOON + DAY + MINUTE)
    gone = httpx.get(url)
    assert gone.status_code == 410
    assert "Oxygen" not in gone.text


def test_a_reply_by_text_message_is_taken_for_the_alert_it_can_only_mean(home: Home) -> None:
    alert = home.find()
    assert home.answers.text("+15559990001", "ok", "SM1") == f"Noted for {alert}: OK."
    assert home.state(alert) is AlertState.ACKNOWLEDGED
    assert home.answers.text("+15559990001", "ok", "SM1") == f"Noted for {alert}: OK."  # delivered twice


def test_with_two_alerts_the_code_says_which(home: Home) -> None:
    alert, other = home.find(), home.find(key=GLUCOSE, value=40.0, limit=54.0)
    assert home.answers.text("+15559990001", "2", "SM1").startswith("Which alert?")
    assert home.answers.text("+1 555 999 0002", f"2 {other.lower()} voy", "SM2").startswith(f"Anotado para {other}")
    assert (home.state(alert), home.state(other)) == (AlertState.OPEN, AlertState.ACKNOWLEDGED)


def test_strangers_learn_nothing_and_riddles_are_answered_with_the_choices(home: Home) -> None:
    home.find()
    assert home.answers.text("+15550000000", "ok", "SM1") == ""
    assert home.answers.text("+15559990001", "who is this?", "SM2").startswith("Reply 1 OK")
    assert home.answers.text("+15559990001", "1 AAAAAAAAAA", "SM3").startswith("Which alert?")
    assert all(alert.state is AlertState.OPEN for alert in home.ledger.live())
