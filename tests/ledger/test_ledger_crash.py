"""Killed at any moment, and several processes at once: what was committed is whole, and nothing is taken twice."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from store.ledger import SqlLedger, open_ledger
from tests.ledger.ledger_samples import alert, delivery
from vitals.alert import DeliveryState

ROOT = Path(__file__).parents[2]


def child(mode: str, url: str, name: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.ledger.ledger_child", mode, url, name]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def killed_after(process: "subprocess.Popen[str]", commits: int) -> list[str]:
    """What it said it had committed, when it was killed in the middle of going on."""
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(commits)]
    process.kill()
    rest, _ = process.communicate()
    return said + rest.split()


def check_whole(ledger: SqlLedger, said: list[str]) -> None:
    alerts = {a.id for a in ledger.live()}
    assert set(said) <= alerts
    assert {t.alert for t in ledger.transitions()} == alerts
    assert Counter(d.alert for d in ledger.deliveries(limit=None)) == dict.fromkeys(alerts, 2)


def test_what_was_committed_before_a_kill_is_whole_ten_times_over(url: str):
    open_ledger(url).close()
    said: list[str] = []
    for time in range(10):
        said += killed_after(child("write", url, str(time)), commits=1 + 7 * time)
        with open_ledger(url, migrate=False) as ledger:
            check_whole(ledger, said)
    assert len(said) >= 10


def test_two_processes_share_the_queue_and_take_nothing_twice(ledger: SqlLedger, url: str):
    wanted = {f"a{number}/1/ana" for number in range(150)}
    with ledger.write() as tx:
        tx.add_deliveries([delivery(alert(number)) for number in range(150)])
    workers = [child("lease", url, f"w{number}") for number in range(2)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    taken = [key for worker in workers for key in worker.communicate()[0].split()]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert Counter(taken) == dict.fromkeys(wanted, 1)
    assert {d.state for d in ledger.deliveries(limit=None)} == {DeliveryState.SENT}


@pytest.mark.parametrize("durable", [True, False])
def test_a_program_that_ends_leaves_its_file_readable_by_the_next(tmp_path: Path, durable: bool):  # noqa: FBT001
    url = f"sqlite:///{tmp_path}/new/folder/ledger.db"
    with open_ledger(url, durable=durable) as ledger, ledger.write() as tx:
        tx.put_alerts([alert()])
    with open_ledger(url) as again:
        assert again.live() == [alert()]
