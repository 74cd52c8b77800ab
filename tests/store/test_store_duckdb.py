"""The embedded store under contention and with many rows."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from store import merge
from store.backlog import Tuning
from store.duckdb import DuckDBReadings
from store.sql import number
from tests.store.duckdb_rows import some
from vitals.batch import Batch
from vitals.errors import UnavailableError
from vitals.times import DAY


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
