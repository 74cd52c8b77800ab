"""Options that several commands share."""

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


Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; homevigil.toml here by default.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="For machines: JSON on standard output.")]


def settings_from(config: Path | None) -> Settings:
    """The settings that a command works with."""
    return load_settings(config)
