"""The live board's pages over HTTP: who may look, what goes out, and that nothing on it runs or answers by itself."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from dashboards.board.board import COOKIE, board_routes
from dashboards.board.server import site
from dashboards.board.sheet import Choice, Refused
from dashboards.board.view import Card, Entry, Home, Said, View

HOSTILE = '"><script>alert(1)</script>'
CARD = Card(
    *("JO4OA2ZLDI", 3, "high", "Act now", "Oxygen saturation low", "C17"),
    taken=False,
    lines=("Measured 84 %, limit 88 %.", HOSTILE),
    told="Told: ana 12:00.",
    stands="",
    marks=("Silenced until 13:00: nobody is told.",),
    history=("12:00 found", HOSTILE),
    first=(Choice("on_my_way", "On my way"),),
    more=(Choice("artefact", HOSTILE),),
)
LABELS = {
    "title": "Alerts",
    "open": "Nobody has answered",
    "taken": "Taken",
    "none": "Nothing is open.",
    "lost": HOSTILE,
}
VIEW = View(
    *("es", HOSTILE, "12:00", LABELS, (Choice("true", "It was real"),), (CARD,), ""),
    mind=(f"C17: silent, {HOSTILE}",),
    away=(Home("p1", f"C17 · {HOSTILE}"),),
    here=(),
    form="key",
)


class Keeper:
    """Lets in who says "good", and remembers what it was asked."""

    def __init__(self) -> None:
        self.view, self.looks, self.said, self.clocked = VIEW, 0, list[Said](), list[tuple[str, bool]]()

    def enter(self, token: str) -> Entry:
        if token != "good":
            raise Refused(410, "This link is not valid any more.")
        return Entry("open", 60, secure=False)

    def see(self, session: str) -> View:
        if session != "open":
            raise Refused(401, "This is not open any more.")
        return self.view

    def looked(self, session: str, view: View) -> None:
        self.see(session)
        self.looks += len(view.cards)

    def take(self, session: str, said: Said) -> None:
        self._mine(session, said.form)
        self.said.append(said)

    def clock(self, session: str, form: str, patient: str, *, out: bool) -> None:
        self._mine(session, form)
        self.clocked.append((patient, out))

    def _mine(self, session: str, form: str) -> None:
        if self.see(session).form != form:
            raise Refused(403, "This form is not of your board.")


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def stranger(keeper: Keeper) -> TestClient:
    return TestClient(site(board_routes(keeper)), follow_redirects=False)


@pytest.fixture
def phone(stranger: TestClient) -> TestClient:
    assert stranger.get("/b/good").status_code == 303
    return stranger


def test_a_link_opens_a_session_that_no_script_and_no_other_site_can_use(stranger: TestClient) -> None:
    opened = stranger.get("/b/good")
    assert (opened.status_code, opened.headers["location"]) == (303, "../board")
    cookie = opened.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "max-age=60"))
    assert opened.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/board", "/board/live"])
def test_without_a_session_there_is_nothing_to_see(keeper: Keeper, stranger: TestClient, path: str) -> None:
    assert stranger.get("/b/bad").status_code == 410
    for cookie in ("", "forged"):
        stranger.cookies.set(COOKIE, cookie)
        shown = stranger.get(path)
        assert shown.status_code == 401
        assert "Oxygen" not in shown.text
    assert keeper.looks == 0


def test_everything_is_shown_and_nothing_that_is_shown_runs(keeper: Keeper, phone: TestClient) -> None:
    shown = phone.get("/board")
    for words in ("Act now", "Oxygen saturation low", "Told: ana 12:00.", "Silenced until 13:00", "On my way", "C17"):
        assert words in shown.text
    assert HOSTILE not in shown.text
    assert "<script>" not in shown.text
    assert 'lang="es"' in shown.text
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert keeper.looks == 1


def test_severity_is_said_by_word_shape_and_colour(keeper: Keeper, phone: TestClient) -> None:
    keeper.view = replace(VIEW, cards=[replace(CARD, severity=name, urgency=name.upper()) for name in ("high", "low")])
    text = phone.get("/board").text
    for name, shape in (("high", "<path"), ("low", "<circle")):
        chip = text.partition(f'class="urgency {name}"')[2].partition("</p>")[0]
        assert shape in chip
        assert name.upper() in chip


def test_the_enter_key_in_a_note_presses_no_answer(phone: TestClient) -> None:
    form = phone.get("/board/live").text.partition('action="board/answer"')[2]
    assert form.partition("<button")[2].startswith(
        " disabled hidden>"
    )  # HTML: a disabled default button submits nothing


def test_a_page_that_asks_again_is_told_only_what_is_new(keeper: Keeper, phone: TestClient) -> None:
    page = phone.get("/board").text
    first = phone.get("/board/live")
    tag = first.headers["etag"]
    assert tag.strip('"') in page
    looks = keeper.looks
    same = phone.get("/board/live", headers={"If-None-Match": tag})
    assert (same.status_code, same.text, keeper.looks) == (304, "", looks)
    keeper.view = replace(VIEW, as_of="12:01")
    assert phone.get("/board/live", headers={"If-None-Match": tag}).status_code == 304  # time alone is no news
    keeper.view = replace(VIEW, cards=[replace(CARD, taken=True, stands="ana has taken it on.")])
    news = phone.get("/board/live", headers={"If-None-Match": tag})
    assert (news.status_code, keeper.looks) == (200, looks + 1)
    assert "ana has taken it on." in news.text


def test_an_answer_is_taken_with_what_stood_before_their_eyes(keeper: Keeper, phone: TestClient) -> None:
    fields = {
        "form": "key",
        "alert": "JO4OA2ZLDI",
        "answer": "on_my_way",
        "note": "x" * 999,
        "seen": "3",
        "outcome": "",
    }
    taken = phone.post("/board/answer", data=fields)
    assert (taken.status_code, taken.headers["location"]) == (303, "../board#a-JO4OA2ZLDI")
    assert keeper.said == [Said("key", "JO4OA2ZLDI", "on_my_way", "x" * 300, "", 3)]
    assert phone.post("/board/clock", data={"form": "key", "patient": "p1", "clock": "in"}).status_code == 303
    assert keeper.clocked == [("p1", False)]


@pytest.mark.parametrize("path", ["/board/answer", "/board/clock"])
def test_a_form_of_another_site_does_nothing(keeper: Keeper, phone: TestClient, path: str) -> None:
    fields = {"form": "key", "alert": "JO4OA2ZLDI", "answer": "on_my_way", "patient": "p1", "clock": "in"}
    for site_ in ("cross-site", "same-site"):
        assert phone.post(path, data=fields, headers={"Sec-Fetch-Site": site_}).status_code == 403
    assert phone.post(path, data=fields | {"form": "guess"}).status_code == 403
    assert phone.get(path).status_code == 405
    assert not keeper.said
    assert not keeper.clocked
    many = {f"f{i}": "x" for i in range(50)}
    assert phone.post(path, data=many).status_code == 400


def test_a_script_of_our_own_and_a_page_that_reloads_without_it(phone: TestClient) -> None:
    page = phone.get("/board").text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert phone.get("/board/live.js").headers["content-type"].startswith("text/javascript")


def test_whoever_leaves_is_out(phone: TestClient) -> None:
    assert phone.post("/board/leave").status_code == 303
    assert phone.get("/board").status_code == 401
