"""What is known of one alert: from the ledger of an installation, or from the alerts.jsonl of a replay."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from vitals.agency import Agency
from vitals.alert import Alert, AlertState, Delivery, Transition
from vitals.errors import BadDataError
from vitals.finding import FindingKey, Kind, Severity
from vitals.times import parse_time

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Account:
    """An alert, what became of it, and the notices of it; ``timezone`` is the patient's."""

    alert: Alert
    history: Sequence[Transition]
    notices: Sequence[Delivery] = ()
    timezone: str = "UTC"
    replayed: bool = False

    @property
    def end(self) -> int | None:
        """When it was over, ms UTC; None while it is live."""
        last = self.history[-1] if self.history else None
        return last.time if last is not None and not last.state.live else None


class Ledger(Protocol):
    """Where an installation keeps its alerts."""

    def alert(self, alert_id: str) -> Alert | None: ...
    def alerts(self, state: None = None, patient: None = None, limit: int | None = 1_000) -> list[Alert]: ...
    def transitions(self, alert_id: str | None = None) -> list[Transition]: ...
    def deliveries(self, alert_id: str | None = None) -> list[Delivery]: ...
    def agency(self) -> Agency | None: ...


def whole_id(ledger: Ledger, wanted: str) -> str:
    """The id of the one alert that begins so, in any case, or ``wanted`` where none does; BadDataError if several."""
    if ledger.alert(wanted) is not None:
        return wanted
    known = [a.id for a in ledger.alerts(None, None, None) if a.id.upper().startswith(wanted.upper())]
    return one_of(wanted, known, "") if known and wanted else wanted


def from_ledger(ledger: Ledger, wanted: str) -> Account:
    """The alert of that id, or of the one id that begins so; BadDataError when there is none, or several."""
    alert = ledger.alert(wanted)
    if alert is None:
        known = {a.id: a for a in ledger.alerts(None, None, None)}
        alert = known[one_of(wanted, known, "homevigil alerts list --all shows them")]
    agency = ledger.agency()
    zones = {p.id: p.timezone for p in agency.patients} if agency else {}
    zone = zones.get(alert.key.patient, "UTC")
    return Account(alert, ledger.transitions(alert.id), ledger.deliveries(alert.id)[::-1], zone)


def from_lines(path: Path, wanted: str) -> Account:
    """The same of a replay's alerts.jsonl; nobody is told in a replay. BadDataError names file and line."""
    rows = sorted(_rows(path), key=lambda row: str(row["alert"]))
    known = {alert: list(each) for alert, each in groupby(rows, key=lambda row: str(row["alert"]))}
    found = known[one_of(wanted, known, f"{path} has {len(known)} alerts")]
    try:
        return _account(found)
    except (KeyError, ValueError, TypeError) as error:
        missing = isinstance(error, KeyError) and str(error).strip("'").islower()
        why = f"{error} is missing" if missing else f"{error} is no severity" if isinstance(error, KeyError) else error
        raise BadDataError(f"{path}: alert {found[0]['alert']}: {why} (write it with homevigil replay)") from None


def one_of(wanted: str, known: Iterable[str], remedy: str) -> str:
    """The one id that begins with ``wanted``.

    >>> one_of("jo4", ["JO4OA2ZLDI", "ABC"], "")
    'JO4OA2ZLDI'
    """
    if wanted in (known := list(known)):
        return wanted
    found = sorted(alert for alert in known if wanted and alert.upper().startswith(wanted.upper()))
    if not found:
        raise BadDataError(f"{wanted!r}: there is no such alert ({remedy})")
    if len(found) > 1:
        some = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
        raise BadDataError(f"{wanted!r}: {len(found)} alerts begin so: {some} (write more of the id)")
    return found[0]


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise BadDataError(f"{path}: cannot be read: {why} (give the alerts.jsonl of homevigil replay)") from None
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            rows.append({**row, "alert": str(row["alert"])})
        except (ValueError, KeyError, TypeError):
            raise BadDataError(f"{path}:{number}: no alert's line (write it with homevigil replay)") from None
    return rows


def _account(rows: list[dict[str, Any]]) -> Account:
    history = [
        Transition(
            row["alert"], i, parse_time(row["time"]), AlertState(row["state"]), Severity[row["severity"].upper()],
            "", evidence=row.get("evidence") or {},
        )
        for i, row in enumerate(rows)
    ]  # fmt: skip
    first, last = rows[0], rows[-1]
    worst = max(history, key=lambda step: step.severity)
    head = rows[
        worst.seq
    ]  # the rule that leads an alert of several changes: it must be the one that the evidence is of
    key = FindingKey(head["rule"], head["patient"], head.get("signal", ""), head.get("device", ""))
    alert = Alert(
        first["alert"], key, Kind(first["kind"]), worst.severity, AlertState(last["state"]), parse_time(first["onset"]),
        history[0].time, history[-1].time, worst.evidence,
    )  # fmt: skip
    return Account(alert, history, replayed=True)
