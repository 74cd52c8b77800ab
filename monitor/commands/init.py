"""``homevigil init``: commented files to start from."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from monitor.grid import tell
from vitals.errors import HomevigilError

app = typer.Typer(add_completion=False)

NAMES = ("homevigil.toml", "agency.yaml")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path(),
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
) -> None:
    """Write a commented homevigil.toml and agency.yaml to start from."""
    folder.mkdir(parents=True, exist_ok=True)
    there = [name for name in NAMES if (folder / name).exists()]
    if there and not force:
        raise HomevigilError(f"{folder / there[0]} is already there: nothing written (use --force to overwrite)")
    for name in NAMES:
        (folder / name).write_text((files("monitor.templates") / name).read_text(encoding="utf-8"), encoding="utf-8")
    tell(f"wrote {' and '.join(str(folder / name) for name in NAMES)}")
    tell("next: edit both, then  homevigil import agency.yaml  ·  homevigil check  ·  homevigil run")
