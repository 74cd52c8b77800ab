"""The embedded store under contention and misfortune."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from store import merge
from store.backlog import Tuning
from store.duckdb import DuckDBReadings
from store.sql import number
from vitals.batch import Batch
from vitals.errors import BadDataError, UnavailableError
from vitals.times import DAY

SMALL = Tuning(merge_rows=500, segment_bytes=1 << 16, pending=3, patience_s=0.0)


def some(store: DuckDBReadings, first: int, count: int, *, patient: str = "p1") -> Batch:
    times = np.arange(first, first + count) * 1000
    return Batch.of(np.full(count, store.series.code(patient, "monitor-1", 0)), times, times / 1000, times + 5)


def test_a_reader_sees_every_stored_reading_once_while_others_append_and_merge(tmp_path: Path) -> None:
    tuning = Tuning(merge_rows=500, segment_bytes=1 << 16)
    with DuckDBReadings(tmp_path / "readings.duckdb", tuning) as store:
        stored, done, faults = [0], threading.Event(), []

        def look() -> None:
            while not done.is_set():
                before = stored[0]
                window, count = store.window(0, 1 << 50), store.count()
                if len(window) < before or len(np.unique(window.time)) != len(window) or count < before:
                    faults.append((before, len(window), count))

        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        for first in range(0, 20_000, 100):
            store.append(some(store, first, 100))
            stored[0] = first + 100
        done.set()
        for reader in readers:
            reader.join()
        assert not faults
        assert store.count() == 20_000


def test_threads_append_together(tmp_path: Path) -> None:
    with DuckDBReadings(tmp_path / "readings.duckdb", Tuning(merge_rows=500)) as store:

        def work(name: str) -> None:
            for first in range(0, 2000, 50):
                store.append(some(store, first, 50, patient=name))

        threads = [threading.Thread(target=work, args=(f"p{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.count() == 8000
        assert len(store.latest()) == 4


def test_a_second_process_is_told_who_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "readings.duckdb"
    with DuckDBReadings(path), pytest.raises(UnavailableError, match=f"in use by process {os.getpid()} "):
        DuckDBReadings(path)
    script = f"from pathlib import Path; from store.duckdb import DuckDBReadings; DuckDBReadings(Path({str(path)!r}))"
    with DuckDBReadings(path):
        child = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    assert f"in use by process {os.getpid()} (stop it" in child.stderr
    DuckDBReadings(path).close()


@pytest.mark.parametrize("content", [b"", b"not a database " * 1000])
def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "readings.duckdb"
    path.write_bytes(content)
    with pytest.raises(BadDataError, match=r"readings\.duckdb cannot be opened: .*restore the file"):
        DuckDBReadings(path)
    path.unlink()
    DuckDBReadings(path).close()  # the lock was let go


@pytest.mark.parametrize("keep", [100, 0.4, 0.9])
def test_a_truncated_file_is_refused_or_answers_with_a_clear_error(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "readings.duckdb"
    with DuckDBReadings(path) as store:
        store.append(some(store, 0, 300_000))
    size = path.stat().st_size
    os.truncate(path, int(keep if keep > 1 else size * keep))
    with pytest.raises((BadDataError, UnavailableError), match=r"readings store .*readings\.duckdb"):  # noqa: PT012
        store = DuckDBReadings(path)
        try:
            store.window(0, 1 << 50)
        finally:
            store.close()


def test_a_file_of_a_later_format_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "readings.duckdb"
    DuckDBReadings(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE about SET format = 2")
    with pytest.raises(BadDataError, match="has format 2, this version reads 1"):
        DuckDBReadings(path)


def test_appends_go_on_while_merging_fails_until_too_much_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    path = tmp_path / "readings.duckdb"
    with DuckDBReadings(path, SMALL) as store:
        with monkeypatch.context() as patch:
            patch.setattr("store.merge.insert", refuse)
            for first in range(0, 1500, 500):
                store.append(some(store, first, 500))
            with pytest.raises(UnavailableError, match="1500 readings wait to be merged and none was"):
                store.append(some(store, 1500, 500))
            with pytest.raises(UnavailableError, match="No space left on device"):
                store.flush()
            assert store.count() == len(store.window(0, 1 << 50)) == 1500
        store.flush()
        store.append(some(store, 1500, 500))
        assert store.count() == 2000
        assert store.latest().value.tolist() == [1999.0]
    with DuckDBReadings(path, SMALL) as again:
        assert again.count() == 2000


def test_a_full_disk_loses_only_what_it_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "readings.duckdb"
    with DuckDBReadings(path) as store:
        store.append(some(store, 0, 10))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
            with pytest.raises(UnavailableError, match="20 readings were not stored"):
                store.append(some(store, 10, 20, patient="p2"))
        assert store.count() == 10
        store.append(some(store, 10, 5, patient="p2"))
        assert store.count() == 15
    with DuckDBReadings(path) as again:
        assert [key.patient for key in again.series.keys] == ["p1", "p2"]
        assert again.count() == 15


def test_readings_behind_a_damaged_frame_survive_and_the_segment_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "readings.duckdb"
    store = DuckDBReadings(path, SMALL)
    for patient in range(3):
        store.append(some(store, 10 * patient, 10, patient=f"p{patient}"))
    journal = next(path.with_name("readings.duckdb.journal").glob("*.journal"))
    content = bytearray(journal.read_bytes())
    store.close()
    path.unlink()  # as if the process had died before it merged anything
    content[len(content[: content.index(b'"p1"')]) + 60] ^= 1
    journal.write_bytes(content)
    with DuckDBReadings(path, SMALL) as again:
        assert [key.patient for key in again.series.keys] == ["p0", "", "p2"]
        assert again.count() == 20
    assert [p.name for p in journal.parent.glob("*.damaged")] == ["00000001.damaged"]


def test_a_reading_of_an_unknown_series_is_refused(tmp_path: Path) -> None:
    with DuckDBReadings(tmp_path / "readings.duckdb") as store:
        for code in (0, -1):
            with pytest.raises(ValueError, match=f"series {code} has no key"):
                store.append(Batch.of([code], [0], [1.0], [0]))


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = DuckDBReadings(tmp_path / "readings.duckdb")
    batch = some(store, 0, 1)
    store.close()
    store.close()
    with pytest.raises(UnavailableError, match="closed"):
        store.append(batch)
    (tmp_path / "readings.duckdb").unlink()
    with pytest.raises(UnavailableError, match="closed"):
        store.window(0, 1)
    assert not (tmp_path / "readings.duckdb").exists()


@pytest.mark.parametrize("fault", [duckdb.FatalException, duckdb.ConnectionException])
def test_a_database_that_gave_up_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: type[duckdb.Error]
) -> None:
    def give_up(*_: Any) -> None:
        raise fault("database has been invalidated")

    with DuckDBReadings(tmp_path / "readings.duckdb") as store:
        store.append(some(store, 0, 10))
        store.flush()
        before = store._database._connection
        with monkeypatch.context() as patch:
            patch.setattr("store.queries.window", give_up)
            with pytest.raises(UnavailableError, match="has been invalidated"):
                store.window(0, 1 << 50)
        assert store._database._connection is not before
        store.append(some(store, 5, 10))
        store.flush()
        assert store.count() == len(store.window(0, 1 << 50)) == 15


def test_a_batch_larger_than_a_merge_is_stored_whole(tmp_path: Path) -> None:
    with DuckDBReadings(tmp_path / "readings.duckdb", Tuning(merge_rows=500)) as store:
        store.append(some(store, 0, 2345))
        assert store.count() == 2345


def test_old_strays_wait_apart_until_they_are_worth_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "FOLD", 30)
    path = tmp_path / "readings.duckdb"

    def tables() -> list[int]:
        with store._database.cursor() as cursor:
            return [number(cursor, "SELECT count(*) FROM readings"), number(cursor, "SELECT count(*) FROM late")]

    with DuckDBReadings(path) as store:
        store.append(some(store, 1_000_000, 100))
        store.append(some(store, 0, 10))
        store.flush()
        assert tables() == [100, 10]
        store.append(some(store, 0, 10))  # again
        store.append(some(store, 1_000_100, 100))
        store.append(some(store, 100_000 + DAY // 1000, 20))
        store.flush()
        assert tables() == [230, 0]
        assert store.count() == 230


def test_many_series_at_once(tmp_path: Path) -> None:
    with DuckDBReadings(tmp_path / "readings.duckdb") as store:
        codes = np.array([store.series.code(f"p{n}", "monitor-1", 0) for n in range(3000)])
        for round_ in range(2):
            store.append(Batch.of(codes, np.full(3000, round_), codes / 2, np.full(3000, 9)))
            store.flush()
        assert len(store.window(0, 2, codes[::2])) == 3000
        assert store.aggregate(0, 2, 2, codes[:1500]).count.tolist() == [2] * 1500
        assert store.latest(codes[:7]).time.tolist() == [1] * 7
