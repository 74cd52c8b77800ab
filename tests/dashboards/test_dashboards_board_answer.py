"""The page behind a link, over real HTTP: looking changes nothing, answering does, and nothing is let out."""

from collections.abc import Iterator

import httpx
import pytest

from dashboards.board.answer import answer_routes
from dashboards.board.server import serving, site
from tests.dashboards.answer_desk import Desk
from vitals.errors import UnavailableError


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def phone(desk: Desk) -> Iterator[httpx.Client]:
    with (
        serving(site(answer_routes(desk)), "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield client


def test_a_preview_changes_nothing(desk: Desk, phone: httpx.Client) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert phone.request(method, "/a/good").status_code == 200
    assert desk.taken == []


def test_one_tap_answers_and_a_reload_asks_nothing_again(desk: Desk, phone: httpx.Client) -> None:
    answered = phone.post("/a/good", data={"answer": "acknowledge", "note": " coming "})
    assert (answered.status_code, answered.headers["location"]) == (303, "/a/good")
    assert desk.taken == [("good", "acknowledge", "coming")]
    page = phone.get("/a/good").text
    assert "Taken on." in page
    assert "<form" not in page


def test_the_page_shows_everything_and_runs_nothing(phone: httpx.Client) -> None:
    shown = phone.get("/a/good")
    for words in ("Act now", "Oxygen saturation low", "Patient 0017", "Measured 84 %", "02:10 told ana", "I take it"):
        assert words in shown.text
    assert "<script>" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert (shown.headers["cache-control"], shown.headers["referrer-policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_bad_link_says_so_and_no_more(desk: Desk, phone: httpx.Client, method: str) -> None:
    refused = phone.request(method, "/a/bad", data={"answer": "acknowledge"} if method == "POST" else None)
    assert refused.status_code == 410
    assert "This link has expired." in refused.text
    assert "Oxygen" not in refused.text
    assert desk.taken == []


def test_a_huge_or_strange_form_is_refused(desk: Desk, phone: httpx.Client) -> None:
    many = {f"f{i}": "x" for i in range(50)}
    assert phone.post("/a/good", data=many).status_code == 400
    long = phone.post("/a/good", data={"answer": "acknowledge", "note": "x" * 5_000})
    assert long.status_code == 303
    assert len(desk.taken[-1][2]) == 300


def test_a_port_in_use_is_said_with_its_remedy() -> None:
    app = site([])
    with (
        serving(app, "127.0.0.1", 0) as port,
        pytest.raises(UnavailableError, match=r"choose another web\.port"),
        serving(app, "127.0.0.1", port),
    ):
        pass
