"""The embedded store in misfortune: damaged files, full disks, a database that gives up."""

import errno
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from store.duckdb import DuckDBReadings
from tests.store.duckdb_rows import SMALL, some
from vitals.errors import BadDataError, UnavailableError


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
