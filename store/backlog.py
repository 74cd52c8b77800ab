"""Readings on their way: durable in the journal, visible in memory, not yet merged."""

import threading
from dataclasses import dataclass

from store.frames import Scan
from store.journal import Journal
from store.tail import Latest, Run
from vitals.batch import Batch
from vitals.errors import UnavailableError
from vitals.series import SeriesTable


@dataclass(frozen=True, slots=True)
class Tuning:
    """How much the store holds back and uses.

    ``merge_rows`` readings, or ``segment_bytes`` of journal, are merged together; when ``pending`` such lots
    wait unmerged (a full or broken disk) an append waits up to ``patience_s`` for one to be merged and then
    raises UnavailableError. ``memory_limit`` and ``threads`` are DuckDB's.
    """

    merge_rows: int = 1 << 19
    segment_bytes: int = 32 << 20
    pending: int = 8
    patience_s: float = 10.0
    memory_limit: str = "256MB"
    threads: int = 2


class Backlog:
    """One run of rows a journal segment; the last may still grow, the others are sealed and wait to be merged."""

    def __init__(self, journal: Journal, table: SeriesTable, tuning: Tuning) -> None:
        self._journal, self._table, self._tuning = journal, table, tuning
        self._changed = threading.Condition()
        self._glance = threading.Lock()  # held for memory only, never for the disk
        self._latest = Latest()
        self._glanced: dict[int, int] = {}  # rows of each run that _latest knows: looking is rarer than appending
        self._told = len(table)
        self._open = False
        self._closed = False
        self.runs: tuple[Run, ...] = ()
        """Oldest first. Take it once and keep to it: it is replaced, never changed."""

    def recover(self, merged: int, latest: Latest) -> None:
        """Take up what an earlier process left in the journal."""
        self._latest = latest.copy()
        for number, found in self._journal.recover(merged):
            run = _recovered(number, found, self._table)
            self.runs += (run,)
        self._told = len(self._table)

    def append(self, batch: Batch) -> None:
        """Make a batch durable, then visible. UnavailableError: none of it counts as stored (a batch larger
        than ``merge_rows`` may be stored in part; appending it again is harmless).
        """
        for start in range(0, len(batch), self._tuning.merge_rows):
            rows = slice(start, start + self._tuning.merge_rows)
            self._append(batch if len(batch) <= self._tuning.merge_rows else batch.take(rows))

    def seal(self) -> None:
        """Let the run that grows be merged as it is."""
        with self._changed:
            self._seal()

    def sealed(self) -> tuple[Run, ...]:
        with self._changed:
            return self.runs[:-1] if self._open else self.runs

    def wait(self) -> bool:
        """Wait until a run is sealed (True) or the backlog is closed (False)."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting())
            return not self._closed

    def pause(self, seconds: float) -> None:
        """Wait that long, or until the backlog is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, seconds)

    def drop(self, run: Run, merged: Latest) -> None:
        """Forget a run that has been merged, and let its segment go."""
        with self._changed:
            with self._glance:
                self._latest.advance(merged.batch())
                self._glanced.pop(run.number, None)
                self.runs = tuple(other for other in self.runs if other is not run)
            if run.damaged:
                self._journal.set_aside(run.number)
            else:
                self._journal.discard(run.number)
            self._changed.notify_all()

    def latest(self) -> Batch:
        """The newest reading of every series, merged or not."""
        with self._glance:
            for run in self.runs:
                rows = run.all(self._glanced.get(run.number, 0))
                self._latest.advance(rows)
                self._glanced[run.number] = self._glanced.get(run.number, 0) + len(rows)
            return self._latest.batch()

    def restart_latest(self, merged: Latest) -> None:
        """Begin again from the merged readings, some of which have been deleted."""
        with self._changed, self._glance:
            self._latest = merged.copy()
            self._glanced.clear()

    def close(self) -> None:
        with self._changed:
            self._seal()
            self._closed = True
            self._changed.notify_all()

    def _append(self, batch: Batch) -> None:
        with self._changed:
            self._await_room()
            known = len(self._table)
            _check_codes(batch, known)
            self._journal.write(self._told, self._table.keys[self._told : known], batch)
            self._told = known
            if not self._open:
                self.runs += (Run(self._journal.number),)
                self._open = True
            self.runs[-1].add(batch)
            if self._journal.full or len(self.runs[-1]) >= self._tuning.merge_rows:
                self._seal()

    def _await_room(self) -> None:
        if not self._changed.wait_for(
            lambda: self._closed or self._waiting() < self._tuning.pending, self._tuning.patience_s
        ):
            raise UnavailableError(
                f"readings store: {sum(map(len, self.runs))} readings wait to be merged and none was merged for "
                f"{self._tuning.patience_s:g} s (see merge_failed in the log; free disk space or mend the disk)"
            )
        if self._closed:
            raise UnavailableError("readings store: it is closed (open it again)")

    def _waiting(self) -> int:
        return len(self.runs) - self._open

    def _seal(self) -> None:
        self._journal.seal()
        self._open = False
        self._changed.notify_all()


def _check_codes(batch: Batch, known: int) -> None:
    low, high = int(batch.series.min()), int(batch.series.max())
    if low < 0 or high >= known:
        raise ValueError(f"series {low if low < 0 else high} has no key: take codes from this store's .series")


def _recovered(number: int, found: Scan, table: SeriesTable) -> Run:
    run = Run(number)
    run.damaged = bool(found.lost)
    for frame in found.frames:
        while len(table) < frame.first:  # their frame was damaged: the readings stay, whose they are is unknown
            table.code("", f"lost-{len(table)}", 0)
        for key in frame.keys:
            table.code(*key)
        run.add(frame.batch)
    return run
