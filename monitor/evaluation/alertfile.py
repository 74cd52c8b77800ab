"""alerts.jsonl as columns: from when to when which rule held at which severity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from monitor.evaluation.alertlines import parsed
from monitor.evaluation.naming import parts_of
from monitor.evaluation.spans import FOREVER, Bools, Floats, Ints, Spans
from vitals.errors import BadDataError


@dataclass(frozen=True, slots=True, eq=False)
class Alerts:
    """n stretches of alerts: while one rule (the alert's own, or one of its reasons) held at one severity.

    ``who`` numbers ``patients``, ``rule`` numbers ``rules``, ``signals[i]`` the set of signals; ``end`` is FOREVER
    where no later line ends it. ``alert`` numbers the alerts, ``line`` the lines; ``opened`` marks an alert's first
    stretch, under its own rule; ``told`` that one and each at which the alert itself grew worse; ``notices`` is how
    many the desk sent as it began, -1 where the file does not say. ``score`` is NaN where the evidence holds none.
    ``technical`` alerts are about equipment.
    """

    patients: list[str]
    rules: list[str]
    who: Ints
    start: Ints
    end: Ints
    severity: Ints
    rule: Ints
    alert: Ints
    line: Ints
    opened: Bools
    told: Bools
    notices: Ints
    technical: Bools
    score: Floats
    signals: list[frozenset[str]]

    def spans(self, chosen: Bools) -> Spans:
        """The stretches of a mask, not joined."""
        return Spans.of(self.who[chosen], self.start[chosen], self.end[chosen])

    def of_rule(self, prefix: str) -> Bools:
        """Those of a rule, or of all its variants: ``limit`` is limit.low and limit.high."""
        numbers = [i for i, name in enumerate(self.rules) if name == prefix or name.startswith(prefix + ".")]
        return np.isin(self.rule, numbers)

    def about(self, signals: Iterable[str]) -> Bools:
        """Those about at least one of these signals."""
        wanted = frozenset(signals)
        return np.fromiter((not wanted.isdisjoint(s) for s in self.signals), bool, len(self.signals))


def read_alerts(path: Path, patients: Sequence[str]) -> Alerts:
    """The alerts of a file; ``patients`` are those observed, in their order.

    Raises BadDataError naming line, field and remedy: no such line, or a patient nobody has observed.
    """
    return of_lines(parsed(path), patients, str(path))


class _Columns:
    """Stretches gathered one by one."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.rules: dict[str, int] = {}
        self._open: dict[tuple[str, str], list[list[Any]]] = {}
        self._alerts, self._lines = count(), count()

    def add(self, line: dict[str, Any], who: int) -> None:
        """End the alert's stretches that stand open, and begin those of this line."""
        key = (line["patient"], line["alert"])
        before = self._open.pop(key, [])
        for row in before:
            row[2] = line["time"]
        if not line["live"]:
            return
        alert = before[0][5] if before else next(self._alerts)
        written = next(self._lines)
        for n, part in enumerate(parts_of(line)):
            number = self.rules.setdefault(part.rule, len(self.rules))
            row = [who, line["time"], FOREVER, part.severity, number, alert, written, n == 0 and not before]
            row += [n == 0 and (not before or part.severity > before[0][3])]
            row += [line.get("notices", -1), line.get("kind") == "technical", part.score, part.signals]
            self._open.setdefault(key, []).append(row)
            self.rows.append(row)


def of_lines(lines: Iterable[dict[str, Any]], patients: Sequence[str], where: str = "alerts") -> Alerts:
    """Alerts of parsed lines (time ms, severity int, live bool), in the order in which they were written."""
    numbers = {name: i for i, name in enumerate(patients)}
    columns = _Columns()
    for line in lines:
        if line["patient"] not in numbers:
            raise BadDataError(
                f"{where}: patient {line['patient']!r} is neither in labels nor in readings: alerts, labels "
                "and readings must be of one recording, with equal patient ids"
            )
        columns.add(line, numbers[line["patient"]])
    who, start, end, severity, rule, alert, written, opened, told, notices, technical, score, signals = (
        zip(*columns.rows, strict=True) if columns.rows else ((),) * 13
    )
    return Alerts(
        list(patients),
        list(columns.rules),
        who=np.array(who, np.int64),
        start=np.array(start, np.int64),
        end=np.array(end, np.int64),
        severity=np.array(severity, np.int64),
        rule=np.array(rule, np.int64),
        alert=np.array(alert, np.int64),
        line=np.array(written, np.int64),
        opened=np.array(opened, bool),
        told=np.array(told, bool),
        notices=np.array(notices, np.int64),
        technical=np.array(technical, bool),
        score=np.array(score, np.float64),
        signals=list(signals),
    )
