"""``homevigil convert``: public recordings as the long CSV."""

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from monitor.convert import BY_NAME, SOURCES
from monitor.grid import tell

app = typer.Typer(add_completion=False)
_SHOWN: Final = 5


@app.command()
def convert(
    name: Annotated[str, typer.Argument(help="One of: " + ", ".join(s.name for s in SOURCES))],
    source: Annotated[
        Path, typer.Argument(help="The recording's file, or the folder it is in; sepsis2019: or one of .psv files.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Long CSV to write; gzipped if it ends in .gz.")],
    labels_out: Annotated[
        Path | None, typer.Option("--labels-out", help="Also write the file's labels (CSV), for evaluate.")
    ] = None,
) -> None:
    """Write a public recording as patient,device,signal,time,value,unit for replay."""
    if name not in BY_NAME:
        raise typer.BadParameter(f"no recording {name!r}: one of {', '.join(BY_NAME)}", param_hint="NAME")
    if labels_out is not None:
        BY_NAME[name].must_have_labels()
        if labels_out.absolute() == out.absolute():
            raise typer.BadParameter(f"{out} is where the readings go: name another file", param_hint="--labels-out")
    console = Console(stderr=True)
    with console.status(f"converting {name} …"):
        done = BY_NAME[name].convert(source, out)
    tell(f"{done.readings:,} readings of {BY_NAME[name].title} written to {out}")
    if done.without:
        tell(f"without {', '.join(done.without)}: the recording has no such column")
    if labels_out is not None:
        labels = BY_NAME[name].write_labels(source, labels_out)
        tell(f"{labels.rows:,} labels written to {labels_out}")
        if labels.unsaid:
            some = ", ".join(labels.unsaid[:_SHOWN]) + (", …" if len(labels.unsaid) > _SHOWN else "")
            tell(f"taken as without onset, for no row of theirs has a label ({len(labels.unsaid)}): {some}")
