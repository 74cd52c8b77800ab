"""``homevigil export``: the readings of an installation as the long CSV."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from monitor.commands.options import Config, Json, settings_from
from monitor.commands.replay import bar
from monitor.export import Exported, Wanted
from monitor.export import export as run_export
from monitor.grid import tell
from monitor.outfile import STDOUT, whole_file
from monitor.parts import the_ledger, the_readings
from monitor.settings import Settings
from store.lock import InUseError
from vitals.errors import UnavailableError
from vitals.signals import BY_NAME
from vitals.times import parse_time

app = typer.Typer(add_completion=False)


@app.command()
def export(
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Long CSV to write; gzipped if it ends in .gz; - is standard output.")
    ] = STDOUT,
    patient: Annotated[list[str] | None, typer.Option("--patient", help="Only this one's; may be repeated.")] = None,
    signal: Annotated[
        list[str] | None, typer.Option("--signal", help="Only this, such as heart_rate; may be repeated.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="ISO time with a zone: the first moment.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="ISO time with a zone: up to, and not with, this.")] = None,
    artefacts: Annotated[
        bool, typer.Option("--artefacts/--no-artefacts", help="With readings marked as artefacts, or without.")
    ] = True,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write stored readings as patient,device,signal,time,value,unit, in time order; replay reads them.

    The format has no column for quality: artefacts (probe off, stuck, spike) and readings that came late stand among
    the others with the time at which they were measured; replay judges artefacts anew. The embedded store is the
    running service's alone: stop that meanwhile.
    """
    if as_json and out == STDOUT:
        raise typer.BadParameter("the summary needs standard output for itself: give --out FILE", param_hint="--json")
    wanted = Wanted(frozenset(patient or ()), _signals(signal or []), artefacts=artefacts, **_span(start, end))
    with _store(settings_from(config)) as (store, people):
        _known(wanted.patients, people | set(store.series.patients))
        done = _written(store, wanted, out)
    if as_json:
        typer.echo(done.json(str(out)))
    else:
        tell(_words(done, out))


def _signals(names: list[str]) -> frozenset[str]:
    for name in names:
        if name not in BY_NAME:
            raise typer.BadParameter(f"no signal {name!r}: one of {', '.join(BY_NAME)}", param_hint="--signal")
    return frozenset(names)


def _span(start: str | None, end: str | None) -> dict[str, int]:
    given = {"start": (start, "--from"), "end": (end, "--to")}
    span = {name: _time(text, option) for name, (text, option) in given.items() if text is not None}
    if len(span) == 2 and span["end"] <= span["start"]:
        raise typer.BadParameter("lies not after --from: choose a later time", param_hint="--to")
    return span


def _time(text: str, option: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        remedy = f"{text!r} is no time with a zone: write 2026-12-24T22:00Z or 2026-12-24T22:00+01:00"
        raise typer.BadParameter(remedy, param_hint=option) from None


@contextmanager
def _store(settings: Settings) -> Iterator[tuple[Any, set[str]]]:
    """The readings, and the agency's patients. A store that was never there is not made."""
    if settings.store.kind == "duckdb" and not settings.readings_path().exists():
        remedy = "is --config that of the service? [store] path, or data_dir, says where they are"
        raise UnavailableError(f"{settings.readings_path()}: no readings have been stored ({remedy})")
    try:
        store = the_readings(settings)
    except InUseError as error:
        remedy = (
            "while the service runs its embedded store is its own: stop it, export, start it again (the broker keeps "
            "what comes meanwhile); a store of kind influx can be exported at any time"
        )
        raise UnavailableError(f"{error}; {remedy}") from None
    try:
        yield store, _people(settings)
    finally:
        store.close()


def _people(settings: Settings) -> set[str]:
    with the_ledger(settings) as ledger:
        agency = ledger.agency()
    return {patient.id for patient in agency.patients} if agency else set()


def _known(patients: frozenset[str], ids: set[str]) -> None:
    for wanted in sorted(patients - ids):
        there = ", ".join(sorted(ids)[:12]) or "none has a reading"
        raise typer.BadParameter(f"no patient {wanted!r}: {there}", param_hint="--patient")


def _written(store: Any, wanted: Wanted, out: Path) -> Exported:
    with whole_file(out) as file, bar(Console(stderr=True)) as progress:
        task = progress.add_task("exporting", total=None)

        def begin(readings: int) -> None:
            progress.update(task, total=readings)

        step: Callable[[int], None] = lambda readings: progress.advance(task, readings)  # noqa: E731  (one line)
        return run_export(store, wanted, file, begin, step)


def _words(done: Exported, out: Path) -> str:
    where = "standard output" if out == STDOUT else str(out)
    of = f"{done.patients:,} patient{'s' * (done.patients != 1)}"
    flagged = f"; {done.artefacts:,} of them artefacts, {done.late:,} came late" if done.artefacts or done.late else ""
    return f"{done.readings:,} readings of {of} written to {where}{flagged}"
