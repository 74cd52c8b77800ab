"""A real PostgreSQL of this run's own, for whoever keeps a ledger in one."""

import os
import shutil
import subprocess
from pathlib import Path

_BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def missing() -> str:
    """Why there is none on this machine; empty when there is."""
    if _BIN is None or not (_BIN / "initdb").exists():
        return "no PostgreSQL server programs under /usr/lib/postgresql (Debian package postgresql)"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and there is no runuser to become somebody else"
    return ""


class PostgreSQL:
    """A server in a folder of its own, reached over a unix socket only; as root it runs as ``postgres``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self._databases, self._template = folder, folder / "data", 0, ""
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(self.data), "-U", "ledger", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(_BIN / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")

    def start(self) -> None:
        """Without fsync: a test kills the server, never the machine."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://ledger@/{database}?host={self.folder}"

    def new(self) -> str:
        """The address of an empty database."""
        return self._create("template0")

    def with_tables(self) -> str:
        """The address of a database with the ledger's tables and nothing in them, copied from one made once."""
        if not self._template:
            from store.ledger import open_ledger

            made = self.new()
            open_ledger(made).close()
            self._template = f"ledger_{self._databases}"
        return self._create(self._template)

    def _create(self, template: str) -> str:
        import psycopg

        self._databases += 1
        name = f"ledger_{self._databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)
