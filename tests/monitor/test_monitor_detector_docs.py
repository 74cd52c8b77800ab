"""The page on detectors names every parameter with the default that it has."""

from monitor.detector_docs import PAGE, page


def test_the_page_holds_todays_parameters():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "python -m monitor.detector_docs"
