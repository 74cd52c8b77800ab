"""Structured logs on standard error: patient ids only, never a name and never a secret."""

import logging
import sys
from typing import Any

import structlog

from monitor.sections import LogSettings


def set_up_logs(settings: LogSettings) -> None:
    """Send structlog and the standard library's log through one renderer to standard error."""
    level = getattr(logging, settings.level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s", stream=sys.stderr
    )


def _to_stderr(*_: Any) -> structlog.PrintLogger:
    """Standard error as it is when something is said: whoever set the logs up may have had another, closed since."""
    return structlog.PrintLogger(sys.stderr)
