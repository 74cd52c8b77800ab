"""Links and replies: only what we signed, only for as long as it says, and what people really text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import BadLinkError, Links
from alerts.replies import Answer, understood
from vitals.times import DAY, HOUR, MINUTE

NOW = 1_795_000_000_000
LINKS = Links("https://care.example", b"k" * 32)


def token(alert: str = "JO4OA2ZLDI", who: str = "ana", now: int = NOW) -> str:
    return LINKS.make(alert, who, now).rpartition("/")[2]


@given(who=st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z"), after=st.integers(0, DAY - 1000))
def test_a_link_says_whose_and_which_until_it_expires(who: str, after: int) -> None:
    assert LINKS.read(token(who=who), NOW + after)[:2] == ("JO4OA2ZLDI", who)
    with pytest.raises(BadLinkError, match="expired"):
        LINKS.read(token(who=who), NOW + DAY + after)


@given(st.integers(0, 60), st.characters(codec="ascii", categories=("L", "N")))
def test_a_link_changed_anywhere_is_refused(place: int, letter: str) -> None:
    made = token()
    place %= len(made) - 1  # the last letter of 128 bits in base64 carries two bits only
    changed = made[:place] + letter + made[place + 1 :]
    if changed != made:
        with pytest.raises(BadLinkError):
            LINKS.read(changed, NOW)


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "JO4OA2ZLDI.ana", "é.é.é", "x" * 10_000, "\x00"])
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(BadLinkError, match="not valid"):
        LINKS.read(text, NOW)


def test_another_secret_and_a_future_clock_are_refused() -> None:
    with pytest.raises(BadLinkError):
        Links("https://care.example", b"another secret").read(token(), NOW)
    with pytest.raises(BadLinkError):
        LINKS.read(token(now=NOW + 3 * DAY), NOW)


def test_a_link_fits_a_text_message() -> None:
    assert len(LINKS.make("JO4OA2ZLDI", "a-caregiver-0042", NOW)) <= 90


@pytest.mark.parametrize(
    ("text", "answer", "code"),
    [
        ("1", Answer.ACKNOWLEDGE, ""),
        ("OK", Answer.ACKNOWLEDGE, ""),
        ("Sí, vale", Answer.ACKNOWLEDGE, ""),
        ("2 JO4OA2ZLDI", Answer.ON_MY_WAY, "JO4OA2ZLDI"),
        ("jo4oa2zldi en camino!", Answer.ON_MY_WAY, "JO4OA2ZLDI"),
        ("Checked, fine.", Answer.CHECKED_FINE, ""),
        ("todo bien", Answer.CHECKED_FINE, ""),
        ("Artefact (Ref JO4OA2ZLDI)", Answer.ARTEFACT, "JO4OA2ZLDI"),
        ("CALL for help", Answer.CALL_FOR_HELP, ""),
        ("ayuda", Answer.CALL_FOR_HELP, ""),
    ],
)
def test_what_people_text(text: str, answer: Answer, code: str) -> None:
    reply = understood(text)
    assert reply is not None
    assert (reply.answer, reply.code) == (answer, code)


@pytest.mark.parametrize("text", ["", "   ", "who is this?", "STOP", "HELP", "not ok", "JO4OA2ZLDI", "👍"])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert understood(text) is None


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    reply = understood(text)
    assert reply is None or len(reply.note) <= 300


def test_links_hold_for_the_hours_they_promise() -> None:
    short = Links("https://care.example", b"k" * 32, valid=HOUR)
    made = short.make("JO4OA2ZLDI", "ana", NOW).rpartition("/")[2]
    assert short.read(made, NOW + HOUR - MINUTE).expires == NOW // 1000 * 1000 + HOUR
