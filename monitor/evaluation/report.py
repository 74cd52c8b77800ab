"""An evaluation for people: tables in Markdown and CSV, and the operating curve as a picture."""

import json
from collections.abc import Iterator
from math import isnan
from pathlib import Path

from monitor.evaluation import curve, levels
from monitor.evaluation.evaluate import Evaluation
from monitor.evaluation.figures import Draw, between, markdown, number, patient_days, percent
from vitals.times import show_duration

_ONSET = (
    "alerts", "in alert before onset", "told before onset", "by chance", "lead time, h", "IQR",
    "episodes per patient-day", "told per patient-day", "notices per patient-day", "hours in alert", "precision",
)  # fmt: skip
_EVENTS = (
    "event",
    "n",
    "in alert",
    "told",
    "told twice",
    "told by any",
    "by chance",
    "delay, h",
    "IQR",
    "before full, h",
)
_TIMED = 7
"""Columns of events before those that say how late."""
_ALARMS = (
    "alerts", "episodes", "per patient-day", "notices", "notices per patient-day", "false per patient-day", "precision",
    "time in alert without event",
)  # fmt: skip


def tables(found: Evaluation, draw: Draw = markdown) -> str:
    """All tables, with a sentence on what was measured."""
    parts = [headline(found)]
    if found.levels:
        parts.append(levels.table(found.levels, draw))
    if found.onset:
        parts.append(onset_table(found, draw))
    if found.events or found.alarms:
        parts += [event_table(found, draw), alarm_table(found, draw)]
    if found.points:
        parts.append(curve.table(found.points, draw))
    return "\n\n".join(parts) + "\n"


def headline(found: Evaluation) -> str:
    """Who was measured against what."""
    wanted = found.wanted
    words = (
        f"{found.patients:,} patient{'s' * (found.patients != 1)}, {patient_days(found.days)}, "
        f"{found.positive:,} with an event ({found.title}); alerts of {wanted.least.word} and above"
    )
    words += f", {show_duration(found.window)} before onset" if found.onset else ""
    left = ", ".join(f"{n} {kind.lower()}" for kind, n in found.other)
    return words + (f"; labels about no signal of ours, left out: {left}." if left else ".")


def onset_table(found: Evaluation, draw: Draw = markdown) -> str:
    """A row each rule."""
    rows = [
        (
            row.name, percent(row.sensitivity), percent(row.told), percent(row.chance), number(row.lead, 0),
            between(row.lead_quartiles), number(row.episodes_per_day), number(row.told_per_day),
            number(row.notices_per_day), percent(row.hours_in_alert), percent(row.precision),
        )
        for row in found.onset
    ]  # fmt: skip
    return draw(_ONSET, rows)


def event_table(found: Evaluation, draw: Draw = markdown) -> str:
    """A row each kind of event."""
    rows = [
        (
            row.kind if row.claimed else f"{row.kind} (not claimed)", f"{row.events}", percent(row.noticed),
            percent(row.told), percent(row.twice), percent(row.any_told), percent(row.chance), number(row.delay, 1),
            between(row.delay_quartiles, 1), number(row.lead, 1),
        )
        for row in found.events
    ]  # fmt: skip
    timed = any(row.delay_quartiles[0] >= 0 for row in found.events)
    sets_in = not all(isnan(row.lead.value) for row in found.events)
    shown = slice(None if sets_in else -1) if timed else slice(_TIMED)
    return draw(_EVENTS[shown], [row[shown] for row in rows])


def alarm_table(found: Evaluation, draw: Draw = markdown) -> str:
    """What each rule cost."""
    rows = [
        (
            row.name, f"{row.episodes}", number(row.episodes_per_day, 3),
            "–" if row.notices is None else f"{row.notices}", number(row.notices_per_day, 3),
            number(row.false_per_day, 3), percent(row.precision), percent(row.hours_in_alert),
        )
        for row in found.alarms
    ]  # fmt: skip
    return draw(_ALARMS, rows)


def write(found: Evaluation, folder: Path) -> list[Path]:
    """evaluation.json, evaluation.md, curve.csv and curve.png in ``folder``, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = dict(_texts(found))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    pictures = [folder / "curve.png"] if found.points else []
    for picture in pictures:
        curve.draw(found.points, picture, headline(found).split("; alerts")[0])
    return [folder / name for name in texts] + pictures


def _texts(found: Evaluation) -> Iterator[tuple[str, str]]:
    yield "evaluation.json", json.dumps(found.json(), indent=1) + "\n"
    yield "evaluation.md", tables(found)
    if found.points:
        yield "curve.csv", curve.csv(found.points)
        yield "curve.md", curve.table(found.points) + "\n"
