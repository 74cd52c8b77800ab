"""docs/cli.md, written from the command line itself: ``python -m monitor.cli_docs [--check]``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import typer
from typer.core import TyperGroup, TyperOption

from monitor.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
_HEAD = """# Command line

Written by `python -m monitor.cli_docs`; do not edit. Durations read like `20s`, `5m`, `3d`. With `--json` a command
prints JSON on standard output and everything else on standard error. Exit codes: 0 done · 1 failed · 2 wrong usage ·
65 bad data · 69 a part does not answer · 78 bad settings or agency file · 130 interrupted (Ctrl-C) · 143 told to
end (SIGTERM); either way a file that was being written is not there, and one that it was to replace stays.
"""


def page() -> str:
    """The whole page, in Markdown."""
    root = typer.main.get_command(app)
    return _HEAD + "".join(f"\n{section}" for section in _sections(root, "homevigil"))


def _sections(command: Any, path: str) -> Iterator[str]:
    if isinstance(command, TyperGroup):
        command = cast("Any", command)  # a context is only asked for by groups that look into it
        for name in command.list_commands(None):
            yield from _sections(command.get_command(None, name), f"{path} {name}")
        return
    words = " ".join((command.help or "").split())
    yield f"## {path}\n\n{words}\n\n" + "".join(_rows(command))


def _rows(command: Any) -> Iterator[str]:
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    if shown:
        yield "| | |\n|---|---|\n"
    for p in shown:
        name = f"`{', '.join([*p.opts, *p.secondary_opts])}`" if isinstance(p, TyperOption) else f"`{p.name.upper()}`"
        default = (
            "" if p.default in (None, "", False) or callable(p.default) or p.required else f" Default: `{p.default}`."
        )
        words = " ".join((getattr(p, "help", None) or "").split()).replace("|", "\\|")
        yield f"| {name} | {words}{' Required.' if p.required else ''}{default} |\n"


def main() -> int:
    """Write the page, or with ``--check`` say whether the written one is true."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PAGE.name} is not what the command line says: run python -m monitor.cli_docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
