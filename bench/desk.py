"""How long a new danger waits to be told while all else is busy: ten thousand notices queued, and a channel that hangs.

Desk, outbox and durable SQLite as the service has them. The other channel takes up to 0.1 s for a notice. One
interpreter holds the sinks as well, so a little of each wait is theirs.
"""

import logging
import os
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import structlog

from alerts.desk import Desk
from alerts.identity import alert_id
from bench.storm_sink import Sink
from monitor.parts import the_outbox
from monitor.settings import Settings
from store.ledger import SqlLedger, open_ledger
from vitals.agency import Agency, Patient
from vitals.batch import Batch
from vitals.clock import SystemClock, stopwatch
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.people import Assignment, Caregiver, Role

NO_INTAKE = Intake(Batch.empty())
QUEUED, ALERTS, SECONDS = 10_000, 200, 60.0
_PATIENTS = QUEUED // 2
_CLOCK = SystemClock()


def agency(well: Sink, hanging: Sink) -> Agency:
    """Each patient's assistant has a channel that works and one that hangs: two notices an alert."""
    ids = [f"p{number:05d}" for number in range(_PATIENTS)]
    people = [
        {
            "id": f"c-{i}",
            "name": i,
            "role": Role.CNA,
            "timezone": "UTC",
            "channels": [{"name": "push", "url": well.url(i)}, {"name": "text", "url": hanging.url(i)}],
        }
        for i in ids
    ]
    return Agency(
        id="bench",
        patients=tuple(Patient(id=i, name=i, timezone="UTC") for i in ids),
        caregivers=tuple(map(Caregiver.model_validate, people)),
        assignments=tuple(Assignment(patient=i, caregiver=f"c-{i}") for i in ids),
    )


def ledger_in(file: Path, people: Agency) -> SqlLedger:
    """A durable ledger with that agency in it."""
    ledger = open_ledger(f"sqlite:///{file}")
    ledger.import_agency(people, _CLOCK.now())
    return ledger


def finding(number: int, severity: Severity, rule: str = "bench") -> Finding:
    """Something new about that patient, that shares no alert with anything."""
    now, key = _CLOCK.now(), FindingKey(rule, f"p{number:05d}", "", "")
    return Finding(key, Kind.PHYSIOLOGICAL, severity, now, now, {"value": 84.0}, latched=True)


def lone(desk: Desk, found: Finding) -> float:
    """Record one finding; returns how long that took, ms."""
    began = stopwatch()
    desk.record(NO_INTAKE, [found], _CLOCK.now())
    return (stopwatch() - began) * 1000


def busy(ledger: SqlLedger, desk: Desk, folder: Path, well: Sink) -> dict[str, float]:
    """Queue the ten thousand, let the outbox at them, and find something new at random moments."""
    rng, pause = np.random.default_rng(3), threading.Event()
    for first in range(0, _PATIENTS, 500):
        desk.record(NO_INTAKE, [finding(n, Severity.MEDIUM) for n in range(first, first + 500)], _CLOCK.now())
    with the_outbox(Settings(data_dir=folder), ledger, desk, _CLOCK, lambda *_: None):
        moments = np.sort(rng.uniform(2, SECONDS, ALERTS)) * 1000 + _CLOCK.now()
        began, took = {}, []
        for number, moment in enumerate(moments):
            pause.wait(max(moment - _CLOCK.now(), 0) / 1000)
            found = finding(number, Severity.HIGH, "event.fall")
            began[alert_id(found.key, found.onset)] = found.onset
            took.append(lone(desk, found))
        pause.wait(2.0)
        left = sum(ledger.counts()["deliveries"].get(state, 0) for state in ("pending", "leased"))
    told: dict[str, int] = {}
    for receipt in well.heard:
        told.setdefault(receipt.key.split(":")[0], receipt.time)
    waits = np.array([told[name] - at for name, at in began.items() if name in told])
    p50, p99 = np.percentile(waits, [50, 99])
    return {
        "alerts": len(began), "told": len(waits), "p50_ms": p50, "p99_ms": p99, "longest_ms": waits.max(),
        "record_p50_ms": float(np.median(took)), "record_p99_ms": float(np.percentile(took, 99)), "still_queued": left,
    }  # fmt: skip


def quiet(desk: Desk) -> float:
    """The median time of a lone finding while nothing else goes on, ms."""
    return float(np.median([lone(desk, finding(n, Severity.HIGH, "event.sos")) for n in range(300)]))


def main() -> None:
    """Print both."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(f"desk, durable SQLite, load {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory() as name,
        closing(Sink(slow=0.1)) as well,
        closing(Sink(slow=36_000)) as hanging,
    ):
        people, folder = agency(well, hanging), Path(name)
        with ledger_in(folder / "quiet.db", people) as ledger:
            print(f"  nothing else: desk.record of a lone finding, median {quiet(Desk(ledger, _CLOCK)):.2f} ms")
        with ledger_in(folder / "busy.db", people) as ledger:
            row = busy(ledger, Desk(ledger, _CLOCK), folder, well)
    print(f"  {QUEUED:,} queued, a channel hangs: " + "  ".join(f"{k} {v:,.2f}" for k, v in row.items()))


if __name__ == "__main__":
    main()
