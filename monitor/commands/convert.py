"""``homevigil convert``: public recordings as the long CSV."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from monitor.convert import BY_NAME, SOURCES
from monitor.grid import tell
from vitals.errors import HomevigilError

app = typer.Typer(add_completion=False)


@app.command()
def convert(
    name: Annotated[str, typer.Argument(help="One of: " + ", ".join(s.name for s in SOURCES))],
    source: Annotated[Path, typer.Argument(help="The recording's file, or the folder it is in.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Long CSV to write; gzipped if it ends in .gz.")],
    labels_out: Annotated[
        Path | None, typer.Option("--labels-out", help="Also write the file's labels (CSV), for evaluate.")
    ] = None,
) -> None:
    """Write a public recording as patient,device,signal,time,value,unit for replay."""
    if name not in BY_NAME:
        raise typer.BadParameter(f"no recording {name!r}: one of {', '.join(BY_NAME)}", param_hint="NAME")
    for file in filter(None, (out, labels_out)):
        if not file.parent.is_dir():
            raise HomevigilError(f"{file.parent}: there is no such folder to write {file.name} into")
    if labels_out is not None:
        BY_NAME[name].must_have_labels()
    console = Console(stderr=True)
    with console.status(f"converting {name} …"):
        rows = BY_NAME[name].convert(source, out)
    tell(f"{rows:,} readings of {BY_NAME[name].title} written to {out}")
    if labels_out is not None:
        labels = BY_NAME[name].write_labels(source, labels_out)
        tell(f"{labels:,} labels written to {labels_out}")
