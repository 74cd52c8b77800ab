"""``homevigil evaluate``: what a replay's alerts were worth, against labels."""

import json
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from monitor.commands.options import Json, duration
from monitor.evaluation.evaluate import Evaluation, Wanted
from monitor.evaluation.evaluate import evaluate as run_evaluation
from monitor.evaluation.figures import markdown
from monitor.evaluation.labelfile import read_labels
from monitor.evaluation.labels import EventLabels, Labels
from monitor.evaluation.plain import plain
from monitor.evaluation.report import tables, write
from monitor.evaluation.thresholds import Sweep
from monitor.grid import tell
from monitor.longcsv import LongCsv
from vitals.errors import BadDataError, HomevigilError
from vitals.finding import Severity
from vitals.times import DAY, show_duration

app = typer.Typer(add_completion=False)
_LONGEST: Final = 3660 * DAY
"""Longer windows hold every recording, and the reckoning with them would overflow."""


class Least(StrEnum):
    """The mildest severity that counts."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@app.command()
def evaluate(
    alerts: Annotated[Path, typer.Argument(help="alerts.jsonl, as homevigil replay writes it.")],
    *,
    labels: Annotated[Path, typer.Option("--labels", help="What truly happened: docs/evaluation.md says how.")],
    readings: Annotated[
        Path | None, typer.Option("--readings", help="The long CSV that was replayed: for days and the reference.")
    ] = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="Only rules that begin so; may be repeated.")] = None,
    min_severity: Annotated[Least, typer.Option("--min-severity", help="The mildest that counts.")] = Least.MEDIUM,
    window: Annotated[
        str | None, typer.Option("--window", help="How long before an onset (12h) or event (0s) an alert is in time.")
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option("--sweep", help="Run again with other thresholds, such as early_warning.medium=3,4,5,6,7."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder for tables, JSON and, with onsets as labels, the operating curve (PNG)."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the bootstrap: equal seeds give equal intervals.")] = 1,
    as_json: Json = False,
) -> None:
    """Measure alerts against labels: sensitivity before onset, lead time, alert episodes per patient-day, precision."""
    wanted = Wanted(
        window=None if window is None else _window(window),
        least=Severity[min_severity.name],
        rules=tuple(rule or ()),
        sweeps=tuple(Sweep.parse(text) for text in sweep or ()),
        seed=seed,
    )
    console = Console(stderr=True)
    with console.status(f"evaluating {alerts.name} …"):
        found = _evaluated(alerts, read_labels(labels), readings, wanted)
    if not alerts.stat().st_size:
        tell(f"{alerts} is empty: measured as a recording in which nobody was alerted (homevigil replay writes alerts)")
    if as_json:
        typer.echo(json.dumps(found.json()))
    else:
        screen = Console()
        typer.echo(tables(found, partial(plain, width=screen.width) if screen.is_terminal else markdown))
    if out is not None:
        _written(found, out)


def _window(text: str) -> int:
    length = duration(text)
    if length > _LONGEST:
        raise typer.BadParameter(f"{text!r} is longer than {show_duration(_LONGEST)}", param_hint="--window")
    return length


def _evaluated(alerts: Path, labels: Labels, readings: Path | None, wanted: Wanted) -> Evaluation:
    if wanted.sweeps and isinstance(labels, EventLabels):
        raise BadDataError("--sweep draws the operating curve of onsets: leave it out, for these labels are events")
    if readings is None:
        if wanted.sweeps:
            raise BadDataError("--sweep runs the recording again: give it with --readings")
        return run_evaluation(alerts, labels, None, wanted)
    with LongCsv(readings) as csv:
        return run_evaluation(alerts, labels, csv, wanted)


def _written(found: Evaluation, out: Path) -> None:
    try:
        files = write(found, out)
    except OSError as error:
        raise HomevigilError(f"{out}: {error.strerror}: name a folder to write to") from None
    curve = "" if found.points else " (no operating curve: that is drawn of onsets, and these labels are events)"
    tell(f"written to {out}: {', '.join(file.name for file in files)}{curve}")
