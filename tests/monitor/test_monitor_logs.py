"""Logs go to standard error as it is now."""

import io
import sys

import pytest
import structlog

from monitor.logs import set_up_logs
from monitor.sections import LogSettings


def test_a_standard_error_that_was_closed_since_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    first, then = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    set_up_logs(LogSettings())
    log = structlog.get_logger("here")
    log.info("one")
    first.close()
    monkeypatch.setattr(sys, "stderr", then)
    log.info("another")
    structlog.reset_defaults()
    assert "another" in then.getvalue()
