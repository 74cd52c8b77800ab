"""``homevigil explain``: why an alert was raised and what became of it, in words and as a picture."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from monitor.commands.options import Config, Json, settings_from
from monitor.explain.account import Account, from_ledger, from_lines
from monitor.explain.words import as_json as for_machines
from monitor.explain.words import words
from monitor.longcsv import LongCsv
from monitor.parts import the_ledger, the_readings
from monitor.settings import Settings
from store.lock import InUseError
from vitals.batch import Batch
from vitals.errors import BadDataError, UnavailableError
from vitals.series import SeriesTable
from vitals.times import MINUTE, iso

app = typer.Typer(add_completion=False)
_FORMATS = (".png", ".svg", ".pdf")


@app.command()
def explain(
    alert: Annotated[str, typer.Argument(help="The alert's id, or its beginning.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Draw the patient's signals around it: .png, .svg or .pdf.")
    ] = None,
    alerts: Annotated[
        Path | None, typer.Option("--alerts", help="A replay's alerts.jsonl, instead of the installation's ledger.")
    ] = None,
    readings: Annotated[
        Path | None, typer.Option("--readings", help="A long CSV, instead of the installation's store.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Explain an alert: what was found from which values, what happened after, who was told; and draw it.

    While the service runs, its embedded store is its own: the words are complete, and for the picture give --readings
    or stop it meanwhile. A store of kind influx can be drawn from at any time.
    """
    if out is not None and out.suffix not in _FORMATS:
        raise typer.BadParameter(f"{out.name!r}: end it with {', '.join(_FORMATS)}", param_hint="--out")
    if out is not None and alerts is not None and readings is None:
        raise typer.BadParameter("with --alerts, give the recording that was replayed", param_hint="--readings")
    account = from_lines(alerts, alert) if alerts is not None else _of_installation(config, alert)
    if not as_json:
        typer.echo("\n".join(words(account)))
    drawn = None
    try:
        if out is not None:
            _picture(account, out, readings, None if readings is not None else settings_from(config))
            Console(stderr=True).print(f"drawn to {out}", markup=False, highlight=False)
            drawn = str(out)
    finally:
        if as_json:
            typer.echo(json.dumps({**for_machines(account), "picture": drawn}))


def _of_installation(config: Path | None, alert: str) -> Account:
    with the_ledger(settings_from(config)) as ledger:
        return from_ledger(ledger, alert)


def _picture(account: Account, out: Path, readings: Path | None, settings: Settings | None) -> None:
    from monitor.drawing import save  # noqa: PLC0415  (words need no matplotlib, which takes a second to load)
    from monitor.explain.picture import draw, readings_of, span  # noqa: PLC0415  (the same)

    start, end = span(account)
    batch, series = _stored(settings, start, end) if settings else _recorded(readings, start, end)
    patient = account.alert.key.patient
    shown = readings_of(batch, series, patient)
    if not shown:
        where = f"{readings}: is this the recording of the alert" if readings else "the store: have they been deleted"
        raise BadDataError(f"no picture: from {iso(start)} to {iso(end)} {patient!r} has no reading in {where}?")
    try:
        save(draw(account, shown), out)
    except OSError as error:
        raise UnavailableError(f"{out}: cannot be written: {error.strerror} (choose another path)") from None


def _stored(settings: Settings, start: int, end: int) -> tuple[Batch, SeriesTable]:
    if settings.store.kind == "duckdb" and not settings.readings_path().exists():
        raise UnavailableError(f"{settings.readings_path()}: no readings have been stored (give --readings FILE.csv)")
    try:
        store = the_readings(settings)
    except InUseError as error:
        remedy = (
            "while the service runs its embedded store is its own. Stop it, draw, and start it again (the broker keeps "
            "what comes meanwhile), or give --readings FILE.csv of an earlier export; the words are complete"
        )
        raise UnavailableError(f"no picture: {error}; {remedy}") from None
    except UnavailableError as error:
        raise UnavailableError(f"no picture: {error} (or give --readings FILE.csv); the words are complete") from None
    try:
        return store.window(start, end), store.series
    finally:
        store.close()


def _recorded(path: Path | None, start: int, end: int) -> tuple[Batch, SeriesTable]:
    series = SeriesTable()
    with LongCsv(path or Path()) as recording:
        whole = Batch.concat(list(recording.batches(series, MINUTE)))
    return whole.take((whole.time >= start) & (whole.time < end)), series
