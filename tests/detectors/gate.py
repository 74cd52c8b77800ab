"""A world whose readings pass the gate (``Bank.assess``) before they are scanned, as in the service."""

from collections.abc import Iterable
from typing import Any

from tests.detectors.kit import T0, Row, World
from vitals.batch import Batch, Quality
from vitals.finding import Finding
from vitals.intake import Intake


class Gated(World):
    """Keeps what the store would be given."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kept: list[Batch] = []

    def feed(self, rows: Iterable[Row], now: int | None = None, **intake: Any) -> list[Finding]:
        return self.take(self.batch(rows), now, **intake)

    def take(self, batch: Batch, now: int | None = None, **more: Any) -> list[Finding]:
        now = now if now is not None else int(batch.time.max(initial=T0))
        intake = self.bank.assess(Intake(batch, **more), now)
        self.kept.append(intake.batch)
        found = self.bank.scan(intake, now)
        self.found += found
        return found

    def artefacts(self) -> list[tuple[str, int, float]]:
        """(signal, time, value) of the readings that are artefacts for good: flagged, and not believed afterwards."""
        flag = {}
        for reading in Batch.concat(self.kept).readings(self.series):
            key = (reading.patient, reading.device, reading.signal, reading.time)
            flag[key] = (bool(reading.quality & Quality.ARTEFACT), reading.value)
        return [(key[2], key[3], value) for key, (bad, value) in sorted(flag.items()) if bad]
