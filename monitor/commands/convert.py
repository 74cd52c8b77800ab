"""``homevigil convert``: public recordings as the long CSV."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from monitor.convert import BY_NAME, SOURCES
from vitals.errors import HomevigilError

app = typer.Typer(add_completion=False)


@app.command()
def convert(
    name: Annotated[str, typer.Argument(help="One of: " + ", ".join(s.name for s in SOURCES))],
    source: Annotated[Path, typer.Argument(help="The recording's file, or the folder it is in.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Long CSV to write; gzipped if it ends in .gz.")],
) -> None:
    """Write a public recording as patient,device,signal,time,value,unit for replay."""
    if name not in BY_NAME:
        raise typer.BadParameter(f"no recording {name!r}: one of {', '.join(BY_NAME)}", param_hint="NAME")
    if not out.parent.is_dir():
        raise HomevigilError(f"{out.parent}: there is no such folder to write {out.name} into")
    console = Console(stderr=True)
    with console.status(f"converting {name} …"):
        rows = BY_NAME[name].convert(source, out)
    console.print(f"{rows:,} readings of {BY_NAME[name].title} written to {out}")
