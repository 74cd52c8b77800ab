"""What the pipeline asks of the rooms it joins; mypy proves each match in monitor/app.py."""

from collections.abc import Sequence
from typing import Protocol

from vitals.batch import Batch
from vitals.finding import Finding
from vitals.intake import Intake, Message
from vitals.series import SeriesTable


class Source(Protocol):
    """Where messages come from, and where they are acknowledged once they are safe."""

    def take(self, timeout: float) -> list[Message]:
        """Everything that has arrived; waits at most ``timeout`` seconds for the first."""
        ...

    def acknowledge(self, messages: Sequence[Message]) -> None: ...


class Decoder(Protocol):
    """Messages in, readings, statuses, events and rejects out; never an exception for what a message holds."""

    def decode(self, messages: Sequence[Message]) -> Intake: ...


class Readings(Protocol):
    """A store of readings: append is durable on return and idempotent."""

    @property
    def series(self) -> SeriesTable: ...
    def append(self, batch: Batch) -> None: ...
    def window(self, start: int, end: int, series: Sequence[int] | None = None) -> Batch: ...
    def latest(self, series: Sequence[int] | None = None) -> Batch: ...
    def retain(self, before: int) -> int: ...
    def count(self) -> int: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class Detection(Protocol):
    """The bank of detectors."""

    def scan(self, intake: Intake, now: int) -> list[Finding]: ...
    def sweep(self, now: int) -> list[Finding]: ...


class AlertDesk(Protocol):
    """Takes findings, rejects and statuses in one transaction, and looks after what is open."""

    def record(self, intake: Intake, findings: Sequence[Finding], now: int) -> object: ...
    def tick(self, now: int) -> object: ...
