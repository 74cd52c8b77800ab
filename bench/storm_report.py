"""What must hold after a storm: all recorded, all told, each rung once, and repeated only where a worker was killed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from alerts.identity import alert_id
from bench.storm_sink import Heard
from store.ledger import SqlLedger
from vitals.alert import DeliveryState
from vitals.finding import Finding, Severity

_MARK = 1_500
"""A notice is marked in the ledger within this many ms after its channel took it, also on a busy machine."""


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of a storm; delays from finding to first receipt and between receipts of one notice, in seconds.

    ``broken`` names each promise that was not kept.
    """

    kills: int
    alerts: int
    notices: int
    repeated: int
    too_late: int
    p50: float
    p99: float
    longest: float
    longest_repeat: float
    broken: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.alerts} alerts, {self.notices} notices, {self.repeated} sent again "
            f"({self.too_late} for an answer that came too late; "
            f"at most {self.longest_repeat:.1f} s later); "
            f"first told after p50 {self.p50:.2f} s, p99 {self.p99:.2f} s, longest {self.longest:.2f} s"
        )


def settled(ledger: SqlLedger) -> bool:
    """Whether nothing waits to be sent and no first or second rung is to come."""
    counts = ledger.counts()["deliveries"]
    waiting = counts.get("pending", 0) + counts.get("leased", 0)
    return not waiting and all(a.step >= _rungs(a.severity) for a in ledger.live())


def judged(
    ledger: SqlLedger, wanted: Sequence[Finding], heard: Sequence[Heard], killed: Sequence[int], window: int
) -> Report:
    """Hold the ledger and what the phones heard against what was found; ``killed`` are the kills' times, ms UTC.

    What a killed worker held is sent again within ``window`` ms, however many are killed after it.
    """
    began = {alert_id(found.key, found.onset): found for found in wanted}
    kept = {alert.id for alert in ledger.live()}
    receipts: dict[str, list[int]] = defaultdict(list)
    for receipt in heard:
        receipts[receipt.key].append(receipt.time)
    first = {name: _first(name, receipts) - found.onset for name, found in began.items()}
    waits = np.array([wait for wait in first.values() if wait >= 0] or [0]) / 1000
    gaps = [(key, a, b) for key, times in receipts.items() for a, b in zip(times, times[1:], strict=False)]
    refused = {tried.key for tried in ledger.attempts(limit=None) if not tried.ok}
    queued = ledger.deliveries(limit=None)
    rungs = Counter(_rung(key) for key in receipts)
    expected = {(n, str(r + 1)) for n, found in began.items() for r in range(_rungs(found.severity))}
    checks: dict[str, Collection[object]] = {
        "alerts lost": began.keys() - kept,
        "alerts of nothing": kept - began.keys(),
        "rungs untold": expected - rungs.keys(),
        "rungs of nothing": rungs.keys() - expected,
        "rungs told by two notices": {rung for rung, times in rungs.items() if times > 1},
        "notices heard but not kept": receipts.keys() ^ {notice.key for notice in queued},
        "notices not marked": {n.key for n in queued if n.state is not DeliveryState.SENT},
        "repeats without a kill": {k for k, a, _ in gaps if k not in refused and not _near(a, killed)},
        "repeats later than a lease": {k for k, a, b in gaps if k not in refused and b - a > window},
    }
    return Report(
        kills=len(killed),
        alerts=len(kept),
        notices=len(receipts),
        repeated=len(gaps),
        too_late=sum(key in refused for key, *_ in gaps),
        p50=float(np.percentile(waits, 50)),
        p99=float(np.percentile(waits, 99)),
        longest=float(waits.max()),
        longest_repeat=max((b - a for _, a, b in gaps), default=0) / 1000,
        broken=tuple(f"{len(those)} {what}: {sorted(map(str, those))[:3]}" for what, those in checks.items() if those),
    )


def _near(receipt: int, killed: Sequence[int]) -> bool:
    """Whether somebody was killed before they can have marked what was taken then."""
    return any(receipt - 1 <= at <= receipt + _MARK for at in killed)


def _rungs(severity: Severity) -> int:
    return 2 if severity is Severity.HIGH else 1


def _rung(key: str) -> tuple[str, str]:
    """(alert, step) of a notice: in this agency each rung is one person with one channel."""
    alert, _, step, *_ = key.split(":")
    return alert, step


def _first(alert: str, receipts: dict[str, list[int]]) -> int:
    """When anybody was first told of it; -1 if nobody was."""
    return min((times[0] for key, times in receipts.items() if key.startswith(alert)), default=-1)
