"""Work on a part that may be down: done again and again until it answers or the service ends."""

import threading
from collections.abc import Callable
from typing import TypeVar

from monitor.metrics import Metrics
from vitals.errors import UnavailableError

_T = TypeVar("_T")
_FIRST_S, _LONGEST_S = 0.1, 5.0


class Stopping(Exception):  # noqa: N818  (control flow, not a fault)
    """The service is ending while a stage is down; what was not acknowledged will be redelivered."""


def until_done(part: str, work: Callable[[], _T], stop: threading.Event, metrics: Metrics) -> _T:
    """Do ``work``, again and again while that part is down; Stopping if ``stop`` is set first."""
    pause = _FIRST_S
    while True:
        try:
            done = work()
        except UnavailableError as error:
            metrics.down(part, str(error))
            if stop.wait(pause):
                raise Stopping from error
            pause = min(pause * 2, _LONGEST_S)
        else:
            metrics.up(part)
            return done
