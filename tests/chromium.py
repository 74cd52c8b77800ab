"""Debian's Chromium for tests that look at pages as a phone shows them; they skip where there is none."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
FINGER = 44
"""CSS pixels that a finger hits (WCAG 2.2, 2.5.5 Target Size)."""

PATIENCE = 20_000
"""Milliseconds that a busy machine may need; a page is awaited, never slept for."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own; pytest skips where no Chromium is installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def overflow(page: Page) -> int:
    """CSS pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def small_targets(page: Page) -> list[str]:
    """Words of the visible buttons that a finger may miss."""
    buttons = page.locator("button:visible").all()
    return [b.inner_text() for b in buttons if (box := b.bounding_box()) is not None and box["height"] < FINGER]
