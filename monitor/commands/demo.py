"""``homevigil demo``: everything embedded, simulated patients, and what their caregivers are told."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from monitor.commands.options import Json, lasting
from monitor.demo.closing import summary_table
from monitor.demo.display import screen
from monitor.demo.session import DemoOptions, Scene, Show, run_demo
from monitor.logs import set_up_logs
from monitor.sections import LogSettings
from monitor.signals import stop_on_signal
from vitals.errors import ExitCode

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    *,
    patients: Annotated[int, typer.Option("--patients", min=1, max=10_000, help="How many patients.")] = 20,
    speed: Annotated[float, typer.Option("--speed", min=0.1, max=3600, help="Times as fast as real time.")] = 60.0,
    length: Annotated[str | None, typer.Option("--duration", help="Real time, such as 60s; else until Ctrl-C.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Equal seeds give equal patients.")] = 1,
    board: Annotated[
        bool, typer.Option("--board/--no-board", help="Serve the live board at a printed address.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Show the whole way from simulated devices to a caregiver's phone, on embedded parts, at 60× time.

    Exit code 1 if somebody should have been told of an injected episode and was not.
    """
    set_up_logs(LogSettings(level="error"))
    options = DemoOptions(patients, speed, None if length is None else lasting(length, "--duration"), seed, board)
    console = Console(stderr=as_json)
    starting = f"starting broker, store, service and {patients} simulated patients …"
    live = not as_json and sys.stdout.isatty()
    with stop_on_signal() as stop, _shown(console, starting, live=live) as show:
        summary = run_demo(options, stop, show, show if live else _begun)
    if as_json:
        typer.echo(summary.json())
    else:
        console.print(summary_table(summary, console.width))
    if summary.missed:
        names = ", ".join(f"{t.truth.name} of {t.truth.patient}" for t in summary.missed)
        Console(stderr=True).print(f"nobody was told of: {names}", style="red")
        raise typer.Exit(ExitCode.FAILED)


def _begun(scene: Scene) -> None:
    """Where to look: on a line of its own, so that it can be opened from any terminal."""
    if scene.board:
        Console(stderr=True, soft_wrap=True).print(f"live board: {scene.board}", highlight=False)


@contextmanager
def _shown(console: Console, starting: str, *, live: bool) -> Iterator[Show]:
    """A screen of its own, which leaves the terminal as it was; without a terminal, one line."""
    if not live:
        Console(stderr=True).print(starting)
        yield lambda _: None
        return
    with Live(Text(starting), console=console, auto_refresh=False, screen=True) as view:

        def show(scene: Scene) -> None:
            view.update(screen(scene, console.width, console.height), refresh=True)

        yield show
