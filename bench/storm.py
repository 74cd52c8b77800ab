"""A storm of alerts while workers are killed: ``python -m bench.storm [LEDGER-URL]`` (``make storm``).

Two worker processes on one ledger; again and again one of them is ended by kill -9 and started anew. What must hold is
in :mod:`bench.storm_report`.
"""

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from bench.storm_place import Place
from bench.storm_report import Report, judged, settled
from bench.storm_sink import Sink
from bench.storm_worker import Post, finding, patient
from store.ledger import open_ledger
from vitals.agency import Agency, Patient
from vitals.clock import SystemClock, elapsed
from vitals.finding import Finding
from vitals.people import Assignment, Caregiver, Role
from vitals.plan import CarePlan

_AT_END = 60.0
"""Seconds after the last kill within which everybody must have been told."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How hard it blows: ``seconds`` of findings and kills; ``lease`` and ``nurse_after`` (the second rung) in s."""

    alerts: int = 500
    patients: int = 100
    kills: int = 200
    seconds: float = 150.0
    lease: float = 10.0
    nurse_after: float = 10.0
    seed: int = 7


def agency(weather: Weather, sink: Sink) -> Agency:
    """Each patient has an assistant; a nurse comes second for what is high. Nobody answers."""
    rung = {"after": "0s", "roles": ["cna"]}
    second = {"after": f"{weather.nurse_after:g}s", "roles": ["nurse"]}
    policy = {"high": [rung, second], "medium": [rung], "repeat_every": "12h"}
    ids = [patient(number) for number in range(weather.patients)]

    def person(name: str, role: Role) -> Caregiver:
        channel = {"name": "phone", "url": sink.url(name)}
        return Caregiver.model_validate(
            {"id": name, "name": name, "role": role, "timezone": "UTC", "channels": [channel]}
        )

    return Agency.model_validate({
        "id": "storm",
        "patients": [Patient(id=i, name=i, timezone="UTC", plan=CarePlan()) for i in ids],
        "caregivers": [*(person(f"cna-{i}", Role.CNA) for i in ids), person("nurse", Role.NURSE)],
        "assignments": [Assignment(patient=i, caregiver=f"cna-{i}") for i in ids],
        "policies": {"default": policy},
    })  # fmt: skip


def findings(weather: Weather, start: int) -> list[Finding]:
    """In ten gusts, each a second or so; each begins at a millisecond of its own, by which it is acknowledged."""
    rng = np.random.default_rng(weather.seed)
    gusts = rng.uniform(0, weather.seconds, 10)
    times = np.sort(
        np.minimum(rng.choice(gusts, weather.alerts) + rng.exponential(1.0, weather.alerts), weather.seconds)
    )
    onsets = start + (times * 1000).astype(int) + np.arange(weather.alerts)
    numbers = rng.permutation(weather.alerts)
    return [finding(int(n), weather.patients, int(onset)) for n, onset in zip(numbers, onsets, strict=True)]


def storm(url: str, weather: Weather | None = None) -> Report:
    """Let it blow over an empty ledger at ``url``; returns what came of it."""
    weather = weather or Weather()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.storm_worker"])
    with closing(Sink(slow=0.1, seed=weather.seed)) as sink:
        with open_ledger(url) as ledger:
            ledger.import_agency(agency(weather, sink), SystemClock().now())
        post = Post(url, "", weather.lease, glance=0.25)
        places = [Place(replace(post, name=f"w{i}"), context) for i in range(2)]
        for place in places:
            place.start()
        wanted = findings(weather, SystemClock().now())
        killed = _blow(places, wanted, weather)
        with open_ledger(url, migrate=False) as ledger:
            _until(places, lambda: not any(p.owed for p in places) and settled(ledger))
            for place in places:
                place.stop()
            return judged(ledger, wanted, sink.heard, killed, round(1000 * weather.lease))


def _blow(places: list[Place], wanted: list[Finding], weather: Weather) -> list[int]:
    """Offer each finding in its time to one worker or to both, and kill in between; returns when (ms UTC)."""
    rng, clock, pause = np.random.default_rng(weather.seed + 1), SystemClock(), threading.Event()
    start, killed = clock.now(), []
    moments = list(start + np.sort(rng.uniform(0, 1000 * weather.seconds, weather.kills)))
    left = list(reversed(wanted))
    while left or moments:
        now = clock.now()
        while left and left[-1].onset <= now:
            found, who = left.pop(), rng.integers(3)
            for i in {0: (0,), 1: (1,), 2: (0, 1)}[int(who)]:
                places[i].offer(found)
        if moments and moments[0] <= now:
            moments.pop(0)
            place = places[rng.integers(len(places))]
            killed.append(clock.now())
            place.kill()
            place.start()
        for place in places:
            place.hear()
        pause.wait(0.002)
    return killed


def _until(places: list[Place], done: Callable[[], bool]) -> None:
    """Go on listening until it is so; what is missing after a while, the report says."""
    deadline, pause = elapsed() + _AT_END, threading.Event()
    while not done() and elapsed() < deadline:
        for place in places:
            place.hear()
        pause.wait(0.1)


def main() -> None:
    """The storm in full, on SQLite or on the ledger that is named; exits with what was broken."""
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/ledger.db"
        print(f"storm on {url.partition(':')[0]}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        found = storm(url)
    print(f"  {found}")
    if found.broken:
        raise SystemExit("storm: " + "; ".join(found.broken))


if __name__ == "__main__":
    main()
