"""Told to end, the service and the demo end in order, leave nothing behind, and say what came of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.agency_file import dump_agency
from tests.faults.kit import agency, until
from tests.faults.processes import alive, family
from vitals.times import SECOND, iso, parse_time

pytestmark = pytest.mark.broker

ENDS_WITHIN = 15
KINDLY = [signal.SIGINT, signal.SIGTERM]
START = parse_time("2026-01-01T00:00:00Z")


@contextmanager
def homevigil(folder: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A command in a session of its own, with a folder of its own for temporary files."""
    (folder / "tmp").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", *words],
        stdout=subprocess.PIPE,
        stderr=(folder / "stderr.log").open("w"),
        text=True,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for pid in [*family(process.pid), process.pid]:
            if alive({pid: ""}):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def tell(process: "subprocess.Popen[str]", how: signal.Signals) -> None:
    """Ctrl-C reaches the whole group, as a terminal sends it; SIGTERM the one process, as a supervisor does."""
    if how == signal.SIGINT:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)


def ended_well(process: "subprocess.Popen[str]", folder: Path, how: signal.Signals) -> str:
    """Everything it had started has ended and nothing temporary is left; what it printed."""
    children = family(process.pid)
    assert any("nats-server" in command for command in children.values()), children
    tell(process, how)
    said, _ = process.communicate(timeout=ENDS_WITHIN)
    words = (folder / "stderr.log").read_text()
    assert process.returncode == 0, words
    assert "Traceback" not in words
    until(lambda: not alive(children), 2, "its children have ended")
    assert not list((folder / "tmp").iterdir())
    return said


def data_flow(folder: Path) -> bool:
    """The demo has stored its first readings."""
    return any(file.stat().st_size > 4096 for file in (folder / "tmp").glob("homevigil-demo-*/*.journal/*"))


def await_demo(process: "subprocess.Popen[str]", folder: Path) -> None:
    def flows() -> bool:
        assert process.poll() is None, (folder / "stderr.log").read_text()
        return data_flow(folder)

    until(flows, 40, "the demo's readings flow")


@pytest.mark.parametrize("how", KINDLY)
def test_the_service_ends_in_order(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "agency.yaml").write_text(dump_agency(agency("json://127.0.0.1:9/nobody", ["p1"])))
    (tmp_path / "homevigil.toml").write_text(f'data_dir = "{tmp_path}/data"\n')
    config = ("--config", str(tmp_path / "homevigil.toml"))
    with homevigil(tmp_path, "import", str(tmp_path / "agency.yaml"), *config) as imported:
        assert imported.wait(30) == 0
    with homevigil(tmp_path, "run", *config) as service:
        until(lambda: "homevigil watches" in (tmp_path / "stderr.log").read_text(), 40, "the service watches")
        assert ended_well(service, tmp_path, how) == ""


@pytest.mark.parametrize("how", KINDLY)
def test_the_demo_ends_in_order_and_says_what_came_of_it(tmp_path: Path, how: signal.Signals) -> None:
    with homevigil(tmp_path, "demo", "--duration", "10m", "--json") as demo:
        await_demo(demo, tmp_path)
        assert any("spawn" in command for command in family(demo.pid).values())
        summary = json.loads(ended_well(demo, tmp_path, how).splitlines()[-1])
    assert summary["messages"] > 0
    assert {"patients", "readings", "rejects", "alerts", "notices", "latency_ms", "seconds"} <= summary.keys()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_replay_told_to_end_leaves_what_was_there_and_nothing_of_its_own(
    tmp_path: Path, how: signal.Signals, code: int
) -> None:
    at = (iso(START + n * SECOND) for n in range(40_000))
    rows = "".join(f"p1,oximeter,spo2,{time},{95 + n % 5},%\n" for n, time in enumerate(at))
    (tmp_path / "r.csv").write_text("patient,device,signal,time,value,unit\n" + rows)
    out = tmp_path / "a.jsonl"
    out.write_text("as it was\n")
    with homevigil(tmp_path, "replay", str(tmp_path / "r.csv"), "--out", str(out)) as replay:
        until(lambda: list(tmp_path.glob(".a.jsonl.*")) != [], 40, "it has begun to write")
        replay.send_signal(how)
        assert replay.wait(20) == code, (tmp_path / "stderr.log").read_text()
    assert out.read_text() == "as it was\n"
    assert not list(tmp_path.glob(".a.jsonl.*"))
    assert not list((tmp_path / "tmp").iterdir())
    assert (tmp_path / "stderr.log").read_text() == ""


def test_the_demo_told_to_end_while_it_starts_ends_in_order(tmp_path: Path) -> None:
    with homevigil(tmp_path, "demo", "--duration", "10m", "--json") as demo:
        until(lambda: any("nats-server" in words for words in family(demo.pid).values()), 40, "its broker starts")
        json.loads(ended_well(demo, tmp_path, signal.SIGTERM).splitlines()[-1])


def test_a_killed_demo_leaves_no_process_running(tmp_path: Path) -> None:
    with homevigil(tmp_path, "demo", "--duration", "10m", "--json") as demo:
        await_demo(demo, tmp_path)
        children = family(demo.pid)
        assert len(children) >= 2
        demo.send_signal(signal.SIGKILL)
        demo.wait(5)
        until(lambda: not alive(children), 10, f"these have ended: {children}")
