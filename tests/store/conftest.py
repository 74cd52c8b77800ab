"""The stores under the shared contract (test_store_contract.py) and how each is opened.

A factory opens the store that is kept under a folder; the same folder again is the same store, also after
a close. A factory whose server is not there skips with its reason. To join: add one function to FACTORIES.
"""

import os
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
    pytest.skip("store.influx is not registered yet")


FACTORIES = {"duckdb": open_duckdb, "influx": open_influx}


@pytest.fixture(params=FACTORIES)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Open the store of this test; every call opens the same one anew (close the last first)."""
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
