"""``homevigil simulate``: a fleet of simulated devices, published to any broker."""

import json
import threading
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from monitor.agency_file import dump_agency
from monitor.commands.options import Json, duration, lasting
from monitor.signals import stop_on_signal
from simulators.demo import demo_fleet
from simulators.fleet import Fleet, FleetSpec
from simulators.publisher import Publisher, Summary
from simulators.settings import PublisherSettings, PublisherTls
from vitals.clock import Clock, ScaledClock, SystemClock
from vitals.errors import HomevigilError
from vitals.times import DAY, SECOND

app = typer.Typer(add_completion=False)


class Scene(StrEnum):
    """What happens to the simulated patients."""

    NONE = "none"
    DEMO = "demo"


@app.command()
def simulate(
    *,
    broker: Annotated[
        str, typer.Option("--broker", help="mqtt[s]://[user:password@]host[:port]")
    ] = "mqtt://127.0.0.1:1883",
    patients: Annotated[int, typer.Option("--patients", min=1, max=100_000, help="How many patients.")] = 20,
    rate: Annotated[float | None, typer.Option("--rate", help="Messages a second over the whole fleet.")] = None,
    interval: Annotated[str, typer.Option("--interval", help="Between a device's messages, such as 30s.")] = "30s",
    episodes: Annotated[
        Scene, typer.Option("--episode", help="none, or demo: illnesses, falls and faults.")
    ] = Scene.DEMO,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Equal seeds publish equal values.")] = 1,
    length: Annotated[str | None, typer.Option("--duration", help="Stop after this much real time.")] = None,
    speed: Annotated[float, typer.Option("--speed", min=0.01, help="Times as fast as real time.")] = 1.0,
    agency_id: Annotated[str, typer.Option("--agency", help="The agency in the topics.")] = "demo",
    truth: Annotated[Path | None, typer.Option("--truth", help="Write what was injected (JSON Lines) here.")] = None,
    agency_file: Annotated[
        Path | None, typer.Option("--agency-file", help="Write the patients as an agency file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Publish simulated patients to a broker; prints what was sent when it ends (Ctrl-C ends it)."""
    settings = publisher_settings(broker)
    start = SystemClock().now()
    clock: Clock = SystemClock() if speed == 1 else ScaledClock(start, speed)
    every = round(patients * SECOND / rate) if rate else duration(interval)
    span = DAY if length is None else lasting(length, "--duration")
    if episodes is Scene.DEMO:
        fleet = demo_fleet(patients, seed, start, round(span * speed), agency=agency_id)
    else:
        fleet = Fleet(
            FleetSpec(patients=patients, seed=seed, start=start, interval=max(every, 50), kit="hub", agency=agency_id)
        )
    if truth:
        fleet.write_truth(truth)
    if agency_file:
        agency_file.write_text(dump_agency(fleet.agency()), encoding="utf-8")
    summary = _publish(Publisher(settings, fleet, clock), span if length else None, Console(stderr=True))
    if as_json:
        typer.echo(json.dumps(asdict(summary)))
    if summary.unconfirmed:
        raise HomevigilError(f"{summary.unconfirmed} messages were not confirmed by the broker in time")


def _publish(publisher: Publisher, span: int | None, console: Console) -> Summary:
    """Run with a counter on the terminal, until the time is up or a signal says stop."""
    sent = 0
    with stop_on_signal() as stop:
        if span is not None:
            timer = threading.Timer(span / SECOND, stop.set)
            timer.daemon = True
            timer.start()
        columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} messages published"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("publishing", total=None)

            def count(number: int) -> None:
                nonlocal sent
                sent += number
                progress.update(task, completed=sent)

            summary = publisher.run(stop, count)
    sums = f"{summary.messages:,} messages, {summary.readings:,} readings in {summary.seconds:.1f} s"
    console.print(f"{sums}; {summary.confirmed:,} confirmed by the broker")
    return summary


def publisher_settings(url: str) -> PublisherSettings:
    """How to reach the broker of a URL; a bad one is refused by name."""
    parts = urlsplit(url if "://" in url else f"mqtt://{url}")
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise typer.BadParameter("write mqtt://host:port or mqtts://user:password@host:port", param_hint="--broker")
    secure = parts.scheme == "mqtts"
    return PublisherSettings(
        host=parts.hostname,
        port=parts.port or (8883 if secure else 1883),
        client_id=f"homevigil-sim-{np.random.default_rng().integers(1 << 32):08x}",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=PublisherTls() if secure else None,
    )
