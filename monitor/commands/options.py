"""Options that several commands share."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Final

import typer

from monitor.settings import Settings, load_settings
from vitals.times import parse_duration

NO_PATIENTS: Final = "the agency file has no patients: nobody is watched over (homevigil import agency.yaml)"


def duration(text: str) -> int:
    """A command-line duration in ms, refused by typer with the remedy."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def lasting(text: str, option: str) -> int:
    """How long something runs, in ms; no time at all is refused, for it would pass for no end."""
    length = duration(text)
    if length <= 0:
        raise typer.BadParameter(
            f"{text!r} is no time at all: write for example 60s, or leave it out", param_hint=option
        )
    return length


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
