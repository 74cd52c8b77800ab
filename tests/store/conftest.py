"""The stores under the shared contract (test_store_contract.py) and how each is opened.

A factory opens the store that is kept under a folder; the same folder again is the same store, also after
a close. A factory whose server is not there skips with its reason. To join: add one function to FACTORIES.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Opener = Callable[[], Any]


def open_duckdb(folder: Path) -> Any:
    from store.duckdb import DuckDBReadings

    return DuckDBReadings(folder / "readings.duckdb")


def open_influx(folder: Path) -> Any:
    missing = [name for name in ("URL", "TOKEN", "ORG") if f"HOMEVIGIL_TEST_INFLUX_{name}" not in os.environ]
    if missing:
        pytest.skip(f"needs an InfluxDB: HOMEVIGIL_TEST_INFLUX_{missing[0]} is not set")
    from store.influx import InfluxReadings, InfluxTarget

    url, token, org = (os.environ[f"HOMEVIGIL_TEST_INFLUX_{name}"] for name in ("URL", "TOKEN", "ORG"))
    bucket = f"homevigil-test-{zlib.crc32(str(folder).encode()):08x}"
    return InfluxReadings(InfluxTarget(url, org, bucket, token))


LAST_WRITTEN_WINS = {
    "test_a_redelivered_reading_changes_nothing",
    "test_a_reading_redelivered_months_later_changes_nothing",
    "test_latest_keeps_the_first_of_two_with_one_time",
    "test_aggregate_counts_each_reading_once_in_its_bucket",
    "test_everything_is_there_again_after_a_restart",
}
"""These redeliver a reading with another value; InfluxDB keeps the last (see store/influx.py and its own tests)."""

FACTORIES = {"duckdb": open_duckdb, "influx": open_influx}


@pytest.fixture(params=FACTORIES)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Open the store of this test; every call opens the same one anew (close the last first)."""
    if request.param == "influx" and request.node.originalname in LAST_WRITTEN_WINS:
        pytest.skip("InfluxDB keeps the last written of two readings with one identity")
    opened: list[Any] = []

    def open_store() -> Any:
        opened.append(FACTORIES[request.param](tmp_path))
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> Any:
    """A new, empty store; the fixture closes it (closing twice is harmless)."""
    return opener()
