"""Options that several commands share."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from monitor.settings import Settings, load_settings
from vitals.times import parse_duration


def duration(text: str) -> int:
    """A command-line duration in ms, refused by typer with the remedy."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def known(wanted: str, ids: Collection[str], option: str) -> None:
    """Refuse an id that the agency file does not have: a slip of the finger must not pass for a person."""
    if wanted not in ids:
        there = ", ".join(list(ids)[:12]) or "nobody: homevigil import agency.yaml"
        raise typer.BadParameter(f"{wanted!r} is not in the agency file: {there}", param_hint=option)


Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; homevigil.toml here by default.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="For machines: JSON on standard output.")]


def settings_from(config: Path | None) -> Settings:
    """The settings that a command works with."""
    return load_settings(config)
