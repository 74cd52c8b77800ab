"""``homevigil run``: the service."""

import threading

import typer

from monitor.app import App, open_app
from monitor.commands.options import Config, settings_from
from monitor.grid import tell
from monitor.logs import set_up_logs
from monitor.metrics import serve
from monitor.process import settle
from monitor.signals import stop_on_signal
from vitals.clock import SystemClock, elapsed
from vitals.errors import HomevigilError

app = typer.Typer(add_completion=False)
_PATIENCE = 5.0


@app.command()
def run(*, config: Config = None) -> None:
    """Run the service until it is told to stop (Ctrl-C or SIGTERM)."""
    settings = settings_from(config)
    set_up_logs(settings.log)
    with (
        stop_on_signal() as stop,
        open_app(settings, SystemClock()) as service,
        serve(service.metrics, settings.metrics),
    ):
        settle()
        await_subscription(service, stop)
        where = f"{service.source.settings.host}:{service.source.settings.port}"
        tell(f"homevigil watches {len(service.desk.roster.agency.patients)} patients; broker {where}")
        while not stop.wait(0.2):
            if service.crashed.is_set():
                raise HomevigilError("the service stopped by a fault of its own: the log says which; start it again")


def await_subscription(app: App, stop: threading.Event) -> None:
    """Give the broker a moment, so that what is said next is true; a broker that is down is retried meanwhile."""
    deadline = elapsed() + _PATIENCE
    while not app.source.connected and elapsed() < deadline and not stop.wait(0.02):
        pass
