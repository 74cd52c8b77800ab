"""``homevigil replay``: a recording through the same stages, offline, as fast as it goes."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from monitor.agency_file import default_agency, load_agency
from monitor.commands.options import Json
from monitor.grid import tell
from monitor.longcsv import LongCsv
from monitor.replay import ReplaySummary
from monitor.replay import replay as run_replay
from vitals.agency import Agency
from vitals.errors import BadDataError, HomevigilError

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Long CSV, plain or gzipped: patient,device,signal,time,value,unit.")],
    *,
    agency: Annotated[Path | None, typer.Option("--agency", help="Agency file; else a default one is made.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the alerts go, a transition a line.")] = Path(
        "alerts.jsonl"
    ),
    as_json: Json = False,
) -> None:
    """Replay a recording and write its alerts. Replayed twice, the files are identical."""
    if not out.absolute().parent.is_dir():
        raise HomevigilError(f"{out.absolute().parent}: there is no such folder to write {out.name} into")
    if out.is_dir():
        raise HomevigilError(f"{out} is a folder: name a file in it, such as {out / 'alerts.jsonl'}")
    if out.exists() and file.exists() and out.samefile(file):
        raise HomevigilError(f"{out} is the recording itself: write to another file")
    console = Console(stderr=True)
    with console.status(f"reading {file.name} …"):
        csv = LongCsv(file)
    with csv:
        _say_rejects(csv)
        people = agency_for(csv, agency)
        with bar(console) as progress:
            task = progress.add_task("replaying", total=csv.total - csv.rejected)
            summary = run_replay(csv, people, out, lambda readings: progress.advance(task, readings))
    if as_json:
        typer.echo(summary.json())
    else:
        tell(words(summary, out))


def agency_for(csv: LongCsv, file: Path | None) -> Agency:
    """The agency of a file, or a default one for the recording's patients; every patient must be in it."""
    patients = csv.patients()
    if not patients:
        raise BadDataError(f"{csv.path}: not one usable reading in {csv.total} rows")
    if file is None:
        return default_agency(patients, channel_url="console://replay")
    people = load_agency(file)
    unknown = sorted(set(patients) - {p.id for p in people.patients})
    if unknown:
        raise BadDataError(f"{file}: patient {unknown[0]!r} of the recording is not in it ({len(unknown)} are not)")
    return people


def bar(console: Console) -> Progress:
    """A progress bar in readings."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip


def words(summary: ReplaySummary, out: Path) -> str:
    """The summary for people."""
    who = "patient" if summary.patients == 1 else "patients"
    return (
        f"{summary.readings:,} readings of {summary.patients:,} {who} in {summary.seconds:.1f} s: "
        f"{summary.alerts:,} alerts, {summary.notices:,} notices; written to {out}"
    )


def _say_rejects(csv: LongCsv) -> None:
    if not csv.rejected:
        return
    found = list(csv.rejects(1000))
    counts = Counter(r.reason.value for r in found)
    tell(f"{csv.rejected:,} of {csv.total:,} rows refused: " + ", ".join(f"{n} {why}" for why, n in counts.items()))
    for reject in found[:3]:
        tell(f"  {reject.detail}")
