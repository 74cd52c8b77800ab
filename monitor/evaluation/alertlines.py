"""The lines of alerts.jsonl, each judged: what is no alert's transition is refused by line, field, value and remedy."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from vitals.alert import REASONS, AlertState
from vitals.errors import BadDataError
from vitals.finding import Severity
from vitals.times import parse_time

_TEXTS: Final = ("patient", "alert", "rule")
_FIELDS: Final = ("time", *_TEXTS, "severity", "state")
_SEVERITY: Final = {severity.word: int(severity) for severity in Severity}
_LIVE: Final = {state.value: state.live for state in AlertState}


def parsed(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file: time in ms, severity as a number, ``live`` by its state; BadDataError names the line."""
    if path.is_dir():
        raise BadDataError(f"{path} is a folder: name the alerts.jsonl that homevigil replay has written")
    if not path.is_file():
        raise BadDataError(f"{path}: there is no such file: homevigil replay FILE.csv --out {path.name} writes one")
    with path.open(encoding="utf-8", errors="replace") as lines:
        yield from _parsed(lines, path)


def _parsed(lines: Iterable[str], path: Path) -> Iterator[dict[str, Any]]:
    newest: dict[tuple[str, str], int] = {}
    for number, text in enumerate(lines, 1):
        try:
            row = _row(text)
        except ValueError as error:
            raise BadDataError(
                f"{path}:{number}: {error!s:.200}: each line must be an alert's transition with "
                f"{', '.join(_FIELDS)}, as homevigil replay writes them"
            ) from None
        before = newest.setdefault((row["patient"], row["alert"]), row["time"])
        if row["time"] < before:
            raise BadDataError(
                f"{path}:{number}: alert {row['alert']!r} goes back in time: its lines must stand in order"
            )
        newest[row["patient"], row["alert"]] = row["time"]
        yield row


def _row(text: str) -> dict[str, Any]:
    """One line; ValueError says which field is what."""
    row = json.loads(text)
    if not isinstance(row, dict):
        raise ValueError(f"{text.strip():.40} is no object")  # noqa: TRY004  (all that is wrong with a line is one kind)
    for name in _FIELDS:
        if name not in row:
            raise ValueError(f"{name} is missing")
        if not isinstance(row[name], str):
            raise ValueError(f"{name} {json.dumps(row[name]):.40} is no text")  # noqa: TRY004
    row["time"] = _time(row["time"])
    row["live"] = _one_of("state", row["state"], _LIVE)
    row["severity"] = _one_of("severity", row["severity"], _SEVERITY)
    notices = row.get("notices", 0)
    if type(notices) is not int or notices < 0:
        raise ValueError(f"notices {json.dumps(notices):.40} is no number of notices: 0, 1, 2, …")
    _whole(row, "")
    reasons = (row.get("evidence") or {}).get(REASONS) or []
    if not isinstance(reasons, list):
        raise ValueError(f"reasons {json.dumps(reasons):.40} is no list")  # noqa: TRY004
    for reason in reasons:
        if isinstance(reason, dict):
            _whole(reason, "a reason's ")
    return row


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError as error:
        raise ValueError(f"time {error}") from None


def _one_of(name: str, word: str, known: dict[str, Any]) -> Any:
    if word not in known:
        raise ValueError(f"{name} {word!r} is none of {', '.join(known)}")
    return known[word]


def _whole(row: dict[str, Any], whose: str) -> None:
    """Of a line and of each reason in it: ``evidence`` is an object, ``signal`` and ``severity`` are text, if there."""
    if not isinstance(row.get("evidence") or {}, dict):
        raise ValueError(f"{whose}evidence {json.dumps(row['evidence']):.40} is no object")  # noqa: TRY004
    if not isinstance(row.get("signal") or "", str):
        raise ValueError(f"{whose}signal {json.dumps(row['signal']):.40} is no text")  # noqa: TRY004
    if whose and not isinstance(row.get("severity", ""), str):
        raise ValueError(f"{whose}severity {json.dumps(row['severity']):.40} is no text")
