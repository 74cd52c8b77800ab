"""Homes for the scenes, over the ledger a scene asks for: SQLite, or PostgreSQL too."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.ledger import open_ledger
from tests.acceptance.home import Home
from tests.acceptance.people import agency

LEDGERS = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a trap itself (``test_trap_…``) runs on both ledgers, every further scene on SQLite."""
    if "ledger_address" in metafunc.fixturenames:
        both = metafunc.function.__name__.startswith("test_trap_")
        metafunc.parametrize("ledger_address", LEDGERS if both else LEDGERS[:1], indirect=True)


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with nothing in it, to copy: bringing tables up to date takes longer than most scenes."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    open_ledger(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def ledger_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger with its tables and nothing in them."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql").with_tables()
    shutil.copy(request.getfixturevalue("empty_ledger"), tmp_path / "ledger.db")
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def make_home(ledger_address: str, tmp_path: Path) -> Iterator[Any]:
    """Makes the scene's home: ``make_home(patients=[…], start="2026-03-28T20:00Z")``."""
    homes: list[Home] = []

    def make(*, start: str = "", **changes: Any) -> Home:
        homes.append(Home(tmp_path, ledger_address, agency(**changes), start))
        return homes[-1]

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def home(make_home: Any) -> Home:
    return make_home()
