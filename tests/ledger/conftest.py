"""The same ledger twice: on SQLite, and on a PostgreSQL of this run's own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.ledger import SqlLedger, open_ledger

_BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


class PostgreSQL:
    """A server in a temporary folder, reached over a unix socket only; as root it runs as ``postgres``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self._databases = folder, folder / "data", 0
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(self.data), "-U", "ledger", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(_BIN / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses=''"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://ledger@/{database}?host={self.folder}"

    def new(self) -> str:
        self._databases += 1
        name = f"ledger_{self._databases}"
        self._run("createdb", "-h", str(self.folder), "-U", "ledger", name)
        return self.url(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    if _BIN is None or not (_BIN / "initdb").exists():
        pytest.skip("no PostgreSQL server programs under /usr/lib/postgresql")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser to become somebody else")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    server = PostgreSQL(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("postgresql").new()


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    with open_ledger(url) as opened:
        yield opened
