"""The live board as Chromium shows it, on a phone and on a desk, with fingers, keys and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from dashboards.board.server import serving
from store.ledger import open_ledger
from tests.chromium import DESK, PHONE, chromium, overflow, small_targets
from tests.monitor.board_home import OTHER, Home
from vitals.alert import AlertState


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def home() -> Iterator[Home]:
    with open_ledger("sqlite://") as ledger:
        yield Home(ledger)


@pytest.fixture
def site(home: Home) -> Iterator[str]:
    with serving(home.app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


def opened(browser: Browser, site: str, home: Home, who: str, size: ViewportSize, *, scripts: bool = True) -> Page:
    context = browser.new_context(viewport=size, java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{site}/b/{home.passes.link(who, home.clock.now())}")
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_it_fits_and_a_finger_hits_its_buttons(browser: Browser, site: str, home: Home, size: ViewportSize) -> None:
    home.find()
    home.find(key=OTHER)
    page = opened(browser, site, home, "olga", size)
    expect(page.locator("article")).to_have_count(2)
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert overflow(page) == 0
    assert small_targets(page) == []


def test_a_tap_answers_and_the_page_says_so(browser: Browser, site: str, home: Home) -> None:
    alert = home.find()
    page = opened(browser, site, home, "ana", PHONE)
    page.locator('button[value="on_my_way"]').click()
    expect(page.locator("article .stands")).to_contain_text("ana")
    assert (home.alert(alert).state, home.alert(alert).acknowledged_by) == (AlertState.ACKNOWLEDGED, "ana")


def test_what_opens_meanwhile_appears_by_itself_and_takes_nothing_that_was_typed(
    browser: Browser, site: str, home: Home
) -> None:
    home.find()
    page = opened(browser, site, home, "olga", PHONE)
    page.locator("article details summary").first.click()
    page.locator('input[name="note"]').fill("door code is")
    home.find(key=OTHER)
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator('input[name="note"]:visible')).to_have_value("door code is")


def test_keys_alone_answer_and_enter_in_the_note_does_not(browser: Browser, site: str, home: Home) -> None:
    alert = home.find()
    page = opened(browser, site, home, "ana", DESK)
    page.locator("article details summary").first.focus()
    page.keyboard.press("Enter")
    page.locator('input[name="note"]').focus()
    page.keyboard.type("seen")
    page.keyboard.press("Enter")
    assert home.alert(alert).state is AlertState.OPEN
    page.locator('button[value="acknowledge"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("article .stands")).to_contain_text("ana")
    assert home.ledger.transitions(alert)[-1].note == "seen"


def test_it_answers_without_scripts(browser: Browser, site: str, home: Home) -> None:
    alert = home.find()
    page = opened(browser, site, home, "ana", PHONE, scripts=False)
    page.locator('button[value="acknowledge"]').click()
    expect(page.locator("article .stands")).to_contain_text("ana")
    assert home.alert(alert).state is AlertState.ACKNOWLEDGED
