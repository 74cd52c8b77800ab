"""The demo keeps its word: everybody who was to be told was told, and its last line can be read by a program."""

import json
import subprocess
import sys

import pytest
from rich.console import Console, RenderableType

from monitor.demo.closing import summary_table
from monitor.demo.latency import Latencies
from monitor.demo.summary import DemoSummary, Told
from simulators.truth import Truth
from vitals.alert import Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.finding import FindingKey, Kind, Severity

T0 = 1_795_305_600_000


def test_forty_seconds_of_it():
    command = [sys.executable, "-m", "monitor.cli", "demo", "--duration", "40s", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) == 1, "one line for machines, and nothing else on standard output"
    said = json.loads(lines[-1])
    counts = ("patients", "messages", "readings", "rejects", "alerts", "notices")
    assert {*counts, "latency_ms", "seconds"} <= said.keys()
    assert said["patients"] == 20
    assert said["readings"] > said["messages"] > 0
    assert 0 < said["latency_ms"]["p50"] <= said["latency_ms"]["p99"]
    claimed = [episode for episode in said["episodes"] if episode["claimed"]]
    assert {"fall", "sepsis", "copd_exacerbation", "atrial_fibrillation", "hypoglycaemia"} <= {
        episode["name"] for episode in claimed
    }
    assert all(episode["told"] for episode in claimed), claimed


def alert(kind: Kind = Kind.PHYSIOLOGICAL) -> Alert:
    key = FindingKey("limit.low", "p-00001", "spo2")
    return Alert("a1", key, kind, Severity.HIGH, AlertState.OPEN, T0, T0, T0, seq=1)


def notice(seq: int = 1, triggered: int = T0 + 600, **more: int) -> Delivery:
    return Delivery(
        *(f"a1/{seq}", "a1", seq, "nurse", "phone", T0, T0, DeliveryState.SENT),
        sent_at=T0 + 1_200,
        triggered=triggered,
        **more,
    )


class LedgerOfOne:
    """A ledger of one alert and one notice."""

    def __init__(self, sent: Delivery, kind: Kind = Kind.PHYSIOLOGICAL, seen: int = T0) -> None:
        self.sent, self.kind, self.seen = sent, kind, seen

    def alert(self, alert_id: str) -> Alert:
        return alert(self.kind)

    def transitions(self, alert_id: str | None = None, since: int | None = None, limit: int | None = None):
        return [Transition("a1", 1, T0, AlertState.OPEN, Severity.HIGH, "found", evidence={"seen": self.seen})]

    def deliveries(self, alert_id: str | None = None, state: DeliveryState | None = None, limit: int | None = 0):
        return [self.sent]


@pytest.mark.parametrize(
    ("ledger", "latency"),
    [
        (LedgerOfOne(notice()), [20.0]),  # 1,200 ms of a clock at 60 times real time, since it was published
        (LedgerOfOne(notice(), seen=T0 - 120_000), [10.0]),  # kept back by its device: since it came
        (LedgerOfOne(notice(), seen=T0 + 700), [10.0]),  # a device whose clock is ahead
        (LedgerOfOne(notice(), kind=Kind.TECHNICAL), []),
        (LedgerOfOne(notice(seq=2)), []),
        (LedgerOfOne(notice(attempts=2)), []),
        (LedgerOfOne(notice(triggered=0)), []),
    ],
)
def test_latency_is_real_time_from_publishing_to_the_first_notice(ledger: LedgerOfOne, latency: list[float]):
    latencies = Latencies(ledger, speed=60)
    for _ in range(2):
        latencies.look()
    assert latencies.values == latency


def shown(what: RenderableType, width: int) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def truth() -> Truth:
    return Truth(
        *("p-00001", "", "episode", "copd_exacerbation", T0, T0 + 720_000, T0 + 900_000, 1.0),
        expected=(("limit", "spo2"),),
        detectable=("limit",),
    )


def summary(*told: Told) -> DemoSummary:
    return DemoSummary(20, 2_363, 6_725, 92, 15, 45, 8.69, 16.73, 26.8, told)


def test_the_summary_is_whole_at_80_columns():
    people = ("cna-day", "nurse", "operations")
    text = shown(summary_table(summary(Told(truth(), alert(), T0 + 378_000, people)), 80), 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "…" not in text
    words = ("copd exacerbation", "SpO2 low", "6m18s", *people, "p50 8.69 ms, p99 16.73 ms", "2,363 messages")
    assert [word for word in words if word not in text] == []


def test_nobody_told_is_a_fault_only_once_it_had_time_to_be_noticed():
    late, early = (summary(Told(truth(), None, None, (), due=due)) for due in (True, False))
    assert [told.truth.name for told in late.missed] == ["copd_exacerbation"]
    assert "nobody" in shown(summary_table(late, 100), 100)
    assert early.missed == ()
    assert "not yet" in shown(summary_table(early, 100), 100)
