"""``homevigil run``: the service."""

import typer
from rich.console import Console

from monitor.app import open_app
from monitor.commands.options import Config, settings_from
from monitor.logs import set_up_logs
from monitor.metrics import serve
from monitor.signals import stop_on_signal
from vitals.clock import SystemClock

app = typer.Typer()


@app.command()
def run(*, config: Config = None) -> None:
    """Run the service until it is told to stop (Ctrl-C or SIGTERM)."""
    settings = settings_from(config)
    set_up_logs(settings.log)
    with stop_on_signal() as stop, open_app(settings, SystemClock()) as app, serve(app.metrics, settings.metrics):
        where = f"{app.source.settings.host}:{app.source.settings.port}"
        Console(stderr=True).print(f"homevigil watches {len(app.desk.roster.agency.patients)} patients; broker {where}")
        while not stop.wait(3600):
            pass
