"""What the service looks after now and then: a new agency file, events another process recorded, old readings."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from ingest.directory import Directory
from monitor.ports import Readings
from monitor.settings import Settings
from vitals.agency import Agency
from vitals.errors import HomevigilError
from vitals.intake import PatientEvent
from vitals.times import DAY, SECOND

log = structlog.get_logger(__name__)

_LOOK = 2 * SECOND


class _Versioned(Protocol):
    def agency(self) -> Agency | None: ...
    def agency_version(self) -> int: ...
    def ordered_since(self) -> Mapping[tuple[str, str, str], int]: ...
    def new_events(self, mark: int | None) -> tuple[list[PatientEvent], int]: ...


class _Decodes(Protocol):
    def use(self, directory: Directory) -> None: ...


class _Detects(Protocol):
    def use(self, agency: Agency, now: int, since: Mapping[tuple[str, str, str], int]) -> None: ...
    def learn(self, events: Sequence[PatientEvent]) -> None: ...


class _Roster(Protocol):
    def learn(self, events: Sequence[PatientEvent]) -> None: ...


class _Tells(Protocol):
    @property
    def roster(self) -> _Roster: ...
    def use(self, agency: Agency) -> None: ...
    def take_up(self, now: int) -> None: ...


class Housekeeping:
    """Tends the service between batches, on the pipeline's thread; a fault is said and tried again later."""

    def __init__(
        self,
        settings: Settings,
        ledger: _Versioned,
        readings: Readings,
        *,
        decoder: _Decodes,
        bank: _Detects,
        desk: _Tells,
    ) -> None:
        self._settings, self._ledger, self._readings = settings, ledger, readings
        self._decoder, self._bank, self._desk = decoder, bank, desk
        self._version, (_, self._mark) = ledger.agency_version(), ledger.new_events(None)
        self._next_look = self._next_retain = 0

    def tend(self, now: int) -> None:
        """Do what is due at ``now`` (ms)."""
        try:
            if now >= self._next_look:
                self._next_look = now + _LOOK
                self._take_up_agency(now)
                self._take_up_events()
                self._desk.take_up(now)
            if self._settings.store.retention and now >= self._next_retain:
                self._next_retain = now + DAY
                gone = self._readings.retain(now - self._settings.store.retention)
                log.info("retention", readings_deleted=gone)
        except HomevigilError as error:
            log.warning("housekeeping_failed", why=str(error))

    def _take_up_agency(self, now: int) -> None:
        version = self._ledger.agency_version()
        if version == self._version:
            return
        agency = self._ledger.agency()
        if agency is None:
            return
        self._decoder.use(Directory.of(agency, self._settings.ingest.unknown_patients))
        self._bank.use(agency, now, self._ledger.ordered_since())
        self._desk.use(agency)
        self._version = version
        log.info("agency_taken_up", version=version, patients=len(agency.patients))

    def _take_up_events(self) -> None:
        """Who clocked in or began a session where another process was told; our own come back and change nothing."""
        events, self._mark = self._ledger.new_events(self._mark)
        self._desk.roster.learn(events)
        self._bank.learn(events)
