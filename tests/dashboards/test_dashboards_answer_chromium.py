"""The page behind a link as a phone shows it: it fits, a tap answers, nothing is needed but the page itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from dashboards.board.answer import answer_routes
from dashboards.board.server import serving, site
from tests.chromium import PHONE, chromium, overflow, small_targets
from tests.dashboards.answer_desk import Desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("scripts", [True, False])
def test_a_tap_on_a_phone_answers(browser: Browser, *, scripts: bool) -> None:
    desk = Desk()
    with serving(site(answer_routes(desk)), "127.0.0.1", 0) as port:
        page = browser.new_context(viewport=PHONE, java_script_enabled=scripts).new_page()
        page.goto(f"http://127.0.0.1:{port}/a/good")
        assert small_targets(page) == []
        if scripts:
            assert overflow(page) == 0
        assert desk.taken == []
        page.get_by_role("textbox").fill("sitting up")
        page.get_by_role("button", name="I take it").click()
        expect(page.get_by_text("Taken on.")).to_be_visible()
    assert desk.taken == [("good", "acknowledge", "sitting up")]
