"""Commands that are loaded when they are called: a quick one does not wait for what only the service needs."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = (
    "demo", "run", "init", "check", "simulate", "replay", "evaluate", "tune", "convert", "import", "export", "rejects",
    "alerts", "explain", "notify", "report", "audit", "roster", "board",
)  # fmt: skip
"""In the order in which help lists them; ``import`` lives in ``importing``."""


class LazyGroup(TyperGroup):
    """Finds each command in ``monitor.commands.<name>``, whose ``app`` is a Typer with one or several commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, loaded now; None where there is no such name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"monitor.commands.{'importing' if cmd_name == 'import' else cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command
