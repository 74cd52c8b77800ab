"""Text messages in, as Twilio posts them: signed or refused."""

from collections.abc import Iterator

import httpx
import pytest

from dashboards.board.server import serving, site
from dashboards.board.texts import PATH, signature, text_routes

TOKEN, PUBLIC = "a-token", "https://care.example"
FORM = {"From": "+15551230000", "To": "+15559990000", "Body": "ok ñ", "MessageSid": "SM1", "NumMedia": "0"}


class Answers:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    def text(self, sender: str, body: str, message_id: str) -> str:
        self.heard.append((sender, body, message_id))
        return "Thank you & good night"


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def twilio(answers: Answers) -> Iterator[httpx.Client]:
    app = site(text_routes(answers, PUBLIC, TOKEN))
    with serving(app, "127.0.0.1", 0) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def signed(form: dict[str, str], token: str = TOKEN, url: str = PUBLIC + PATH) -> dict[str, str]:
    return {"X-Twilio-Signature": signature(url, form.items(), token)}


def test_a_signed_message_is_heard_and_answered_as_twiml(answers: Answers, twilio: httpx.Client) -> None:
    back = twilio.post(PATH, data=FORM, headers=signed(FORM))
    assert (back.status_code, back.headers["content-type"].split(";")[0]) == (200, "application/xml")
    assert "<Message>Thank you &amp; good night</Message>" in back.text
    assert answers.heard == [("+15551230000", "ok ñ", "SM1")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "ünsinn".encode("latin-1").decode("latin-1").encode().hex()},
        signed(FORM, token="another"),
        signed(FORM, url="https://elsewhere.example" + PATH),
        signed({**FORM, "From": "+15550000000"}),
    ],
)
def test_anything_else_is_refused_unheard(answers: Answers, twilio: httpx.Client, headers: dict[str, str]) -> None:
    assert twilio.post(PATH, data=FORM, headers=headers).status_code == 403
    assert answers.heard == []


def test_a_signed_form_without_a_sender_is_no_message(answers: Answers, twilio: httpx.Client) -> None:
    form = {"Body": "ok"}
    assert twilio.post(PATH, data=form, headers=signed(form)).status_code == 400
    assert answers.heard == []
