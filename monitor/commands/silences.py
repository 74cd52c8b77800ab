"""``homevigil alerts silence``, ``silences`` and ``unsilence``."""

import json
from collections.abc import Collection
from typing import Annotated

import typer
from rich.console import Console

from alerts.errors import BadAnswerError
from monitor.commands.options import Config, Json, duration, known, settings_from
from monitor.grid import Grid, tell
from monitor.parts import the_desk, the_ledger
from vitals.clock import SystemClock
from vitals.silence import Silence
from vitals.times import iso

By = Annotated[str, typer.Option("--by", help="Who does this: a caregiver's id.")]


def silence(
    *,
    patient: Annotated[str, typer.Option("--patient", help="Whose alerts.")],
    rule: Annotated[str, typer.Option("--rule", help="Only of this rule, for example limit.high or limit.")] = "",
    signal: Annotated[str, typer.Option("--signal", help="Only about this signal, for example heart_rate.")] = "",
    length: Annotated[int, typer.Option("--for", parser=duration, metavar="DURATION", help="How long, at most 24h.")],
    reason: Annotated[str, typer.Option("--reason", help="Why nobody is to be told.")],
    by: By,
    config: Config = None,
) -> None:
    """Tell nobody of one patient's alerts, or some of them, for a while. What holds at its end is told then. Never
    silent: help button, fall, a HIGH limit, early warning or deterioration.
    """
    now = SystemClock().now()
    with the_desk(settings_from(config)) as desk:
        known(by, desk.roster.caregivers, "--by")
        check(patient, rule, desk.roster.patients)
        made = desk.silencing.set(patient, until=now + length, reason=reason, by=by, now=now, rule=rule, signal=signal)
    what = " ".join(filter(None, (rule, signal))) or "all alerts"
    tell(f"silence {made.id}: {patient}, {what}, until {iso(made.end)}")


def silences(*, config: Config = None, as_json: Json = False) -> None:
    """List the silences in force."""
    now = SystemClock().now()
    with the_ledger(settings_from(config)) as ledger:
        found = [it for it in ledger.silences(now) if it.holds(now)]
    if as_json:
        for it in found:
            typer.echo(json.dumps(row_of(it)))
        return
    whole = ("silence", "until")  # the one is copied, the other read at a glance
    table = Grid("silence", "patient", "rule", "signal", "until", "reason", "by", whole=whole)
    for it in found:
        table.add(it.id, it.patient, it.rule or "any", it.signal or "any", iso(it.end), it.reason, it.by)
    Console().print(table if found else "no silence is in force")


def unsilence(
    name: Annotated[str, typer.Argument(metavar="SILENCE", help="The silence's id, as in the list.")],
    *,
    by: By,
    config: Config = None,
) -> None:
    """End one silence early: what it held back, and still holds, is told at once."""
    with the_desk(settings_from(config)) as desk:
        known(by, desk.roster.caregivers, "--by")
        ended = desk.silencing.lift(name, by, SystemClock().now())
    tell(f"silence {name} of {ended.patient} ended by {by}")


def check(patient: str, rule: str, patients: Collection[str]) -> None:
    """A silence of nobody, or of no rule, would silence nothing: BadAnswerError says so.

    >>> check("p1", "limt", ["p1"])
    Traceback (most recent call last):
    ...
    alerts.errors.BadAnswerError: rule 'limt' is no rule: one of limit.low, limit.high, or the part before the dot
    """
    from detectors.registry import DEFAULT  # noqa: PLC0415  (to answer an alert needs no detector)

    if patient not in patients:
        raise BadAnswerError("patient", "a patient's id, as in the agency file", f"{patient!r} is not known")
    rules = [name for detector in DEFAULT for name in detector.rules]
    if rule and not any(f"{name}.".startswith(f"{rule}.") for name in rules):
        near = [name for name in rules if name.startswith(rule[:2])] or rules
        raise BadAnswerError("rule", f"one of {', '.join(near)}, or the part before the dot", f"{rule!r} is no rule")


def row_of(silence: Silence) -> dict[str, object]:
    """A silence for machines."""
    return {
        "silence": silence.id, "patient": silence.patient, "rule": silence.rule, "signal": silence.signal,
        "start": iso(silence.start), "end": iso(silence.end), "reason": silence.reason, "by": silence.by,
    }  # fmt: skip
