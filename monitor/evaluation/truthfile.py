"""What the simulators put in (truth.jsonl) as events to be noticed."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from monitor.evaluation.labels import Event, EventLabels
from vitals.errors import BadDataError
from vitals.times import HOUR, parse_time

AFTER: Final = HOUR
"""An alert that opens this long after an episode's end still counts for it: a spot value may come late."""


def read_truth(path: Path) -> EventLabels:
    """The episodes and faults of a file; BadDataError names the line that is no truth.

    What nothing is expected to notice (a spike, a duplicate) is no event: who is told of it is told falsely.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        return of_truths(_parsed(lines, path))


def of_truths(truths: Iterable[Mapping[str, Any]]) -> EventLabels:
    """Labels of parsed lines."""
    return EventLabels("what was simulated", tuple(_event(t) for t in truths if t["expected"]), after=AFTER)


def _parsed(lines: Iterable[str], path: Path) -> Iterable[Mapping[str, Any]]:
    for number, text in enumerate(lines, 1):
        try:
            row = json.loads(text)
            _event(row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadDataError(
                f"{path}:{number}: {error!s:.100}: each line must be a truth with patient, name, onset, full, end, "
                "expected and detectable, as homevigil simulate --truth writes them"
            ) from None
        yield row


def _event(truth: Mapping[str, Any]) -> Event:
    return Event(
        truth["patient"],
        truth["name"],
        parse_time(truth["onset"]),
        parse_time(truth["end"]),
        expected=tuple((each["rule"], each["signal"]) for each in truth["expected"]),
        technical=truth["kind"] == "fault",
        full=parse_time(truth["full"]),
        claimed=bool(truth["detectable"]),
    )
