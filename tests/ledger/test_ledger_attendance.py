"""A dead worker's leases are taken over at once; a living one's, however slow it is, when they run out."""

import os
import signal
from pathlib import Path

import pytest

from store.ledger import SqlLedger, open_ledger
from store.ledger.attendance import number_of
from store.ledger.attendance_files import FileLocks
from tests.ledger.attendance_kit import LEASE, SOON, Seconds, taken_over
from tests.ledger.ledger_samples import Try
from tests.ledger.test_ledger_crash import child
from vitals.clock import elapsed


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("postgresql").with_tables()


def test_what_a_killed_worker_held_is_taken_over_long_before_its_lease_runs_out(
    url: str, other: SqlLedger, seconds: Seconds
):
    holder = child("hold", url, "holder")
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "3"
    assert taken_over(other, seconds) == 0, "it lives"
    os.kill(holder.pid, signal.SIGSTOP)
    assert taken_over(other, seconds) == 0, "it lives, however slow it is"
    assert other.lease("other", SOON, LEASE, 9) == []
    holder.kill()
    holder.communicate()
    begun = elapsed()
    while not (count := taken_over(other, seconds)):
        assert elapsed() < begun + 20, "the server does not notice that it is gone"
    assert (count, len(other.lease("other", SOON, LEASE, 9))) == (3, 3)


def test_a_living_worker_keeps_its_leases_until_they_run_out(ledger: SqlLedger, other: SqlLedger, seconds: Seconds):
    name = ledger.attend("slow")
    ledger.lease(name, SOON, SOON + LEASE, 9)
    assert taken_over(other, seconds) == 0
    assert len(other.lease("other", SOON + LEASE, SOON + 2 * LEASE, 9)) == 3


def test_a_worker_that_is_closed_and_holds_nothing_leaves_nothing(
    ledger: SqlLedger, other: SqlLedger, seconds: Seconds
):
    ledger.attend("done")
    ledger.close()
    assert taken_over(other, seconds) == 0


def test_a_notice_under_way_as_the_ledger_is_closed_is_nobody_elses_while_the_process_lives(
    url: str, other: SqlLedger, seconds: Seconds
):
    with open_ledger(url, migrate=False) as closing:
        closing.lease(closing.attend("closing"), SOON, LEASE, 1)
    assert taken_over(other, seconds) == 0


def test_who_holds_no_lock_is_judged_by_nobody_and_judges_nobody(ledger: SqlLedger, other: SqlLedger, seconds: Seconds):
    ledger.lease("of an older version", SOON, SOON + LEASE, 9)
    assert (taken_over(other, seconds), taken_over(ledger, seconds)) == (0, 0)


def test_each_life_has_a_name_of_its_own(ledger: SqlLedger):
    first, second = ledger.attend("home:7"), ledger.attend("home:7")
    assert first != second
    assert number_of(first) != number_of(second)
    assert number_of("home:7") is number_of("home#seven") is number_of("home#zzzzzzzz") is None


def test_a_mark_of_what_was_taken_over_still_counts(ledger: SqlLedger, other: SqlLedger):
    name = ledger.attend("w")
    (one, *_) = ledger.lease(name, SOON, SOON + LEASE, 1)
    other.release(name, SOON)
    other.lease("other", SOON, SOON + LEASE, 1)
    ledger.mark([Try(one.key, SOON, ok=True, result="ok")])
    assert other.sent_to("ana", "phone", 0)[0].key == one.key


def test_where_no_file_can_be_locked_leases_run_out_as_before(tmp_path: Path):
    (tmp_path / "ledger.db-workers").touch()
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        assert ledger.attend("home:7") == "home:7"
        assert ledger.forsaken(0) == 0


def test_files_of_the_dead_are_cleared_away_and_those_of_the_living_are_not(tmp_path: Path):
    url, folder = f"sqlite:///{tmp_path}/ledger.db", tmp_path / "ledger.db-workers"
    with open_ledger(url) as living:
        name = living.attend("living")
        for _ in range(3):
            with open_ledger(url) as passing:
                passing.attend("passing")
        assert 2 <= len(list(folder.iterdir())) <= 3
        living.attend("living")
        assert f"{number_of(name):08x}" in {path.name for path in folder.iterdir()}
        assert FileLocks(folder).hold(number_of(name) or 0) is False
