"""Answers that a device in the home publishes: a bedside button says who is on the way."""

import pytest

from tests.acceptance.home import Home


def live(home: Home) -> str:
    (alert,) = home.ledger.live()
    return alert.id


@pytest.fixture
def called(home: Home) -> Home:
    home.happens("sos", device="pendant")
    return home


def test_a_button_answers_and_the_climb_stops(called: Home) -> None:
    called.happens("answer", device="button", alert=live(called), caregiver="ana", answer="on_my_way")
    (alert,) = called.ledger.live()
    assert (alert.state.value, alert.acknowledged_by) == ("acknowledged", "ana")


@pytest.mark.parametrize(
    "wrong",
    [
        {"caregiver": "nobody"},
        {"answer": "dance"},
        {"alert": "AAAAAAAAAA"},
        {"alert": 7},
        {"alert": None, "caregiver": None, "answer": None},
    ],
)
def test_what_is_no_answer_changes_nothing_and_stops_nothing(called: Home, wrong: dict[str, object]) -> None:
    said = {"alert": live(called), "caregiver": "ana", "answer": "acknowledge", **wrong}
    called.happens("answer", device="button", **said)
    assert [alert.state.value for alert in called.ledger.live()] == ["open"]
    called.happens("answer", device="button", alert=live(called), caregiver="ana", answer="dealt_with")
    assert called.ledger.live() == []
