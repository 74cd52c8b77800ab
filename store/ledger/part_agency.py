"""The ledger's agency: who there is, what is ordered, who came and went, what is to be silent."""

from hashlib import sha256

from sqlalchemy import Connection

from store.ledger import audit, event_rows, importing, order_rows, roster_rows, silence_rows
from store.ledger.audit import Act
from store.ledger.part import Part
from vitals.agency import Agency
from vitals.intake import PatientEvent
from vitals.silence import Silence


class AgencyPart(Part):
    """People and plans as they were imported, and what changes them by the hour."""

    def agency(self) -> Agency | None:
        """The agency, equal to what was imported; None before the first import."""
        return self._database.snapshot(roster_rows.read)

    def agency_version(self) -> int:
        """How many imports there have been."""
        return self._database.read(importing.version_of)

    def import_agency(self, agency: Agency, now: int, by: str = "import") -> importing.ImportReport:
        """Replace the agency, whole or not at all, and write down what changed; alerts stay, also those of a patient
        who leaves.
        """
        return self._database.write(lambda c: _imported(c, agency, now, by))

    def ordered_since(self) -> dict[order_rows.About, int]:
        """Since when, ms, each thing is expected that the plans order: (patient, signal, "") an ordered measurement,
        (patient, "", device) a streaming device, (patient, "", "") any sign of the patient.

        >>> from store.ledger import open_ledger
        >>> from vitals.agency import Agency
        >>> plan = {"ordered": [{"signal": "weight", "every": "1d"}]}
        >>> patient = {"id": "p1", "name": "-", "timezone": "UTC", "plan": plan}
        >>> with open_ledger("sqlite://") as ledger:
        ...     report = ledger.import_agency(Agency.model_validate({"id": "a", "patients": [patient]}), now=1_000)
        ...     ledger.ordered_since()
        {('p1', 'weight', ''): 1000}
        """
        return self._database.read(order_rows.read)

    def events(self, since: int) -> list[PatientEvent]:
        """Clock events and sessions of ``since`` (ms, by their own time) and later."""
        return self._database.read(lambda c: event_rows.read_events(c, since))

    def new_events(self, mark: int | None) -> tuple[list[PatientEvent], int]:
        """Those that were written since ``mark`` (None: from now on), a few known ones again; and the next mark."""
        return self._database.read(lambda c: event_rows.read_new(c, mark))

    def silences(self, now: int) -> list[Silence]:
        """Those that were to end after ``now`` (ms), also when they were lifted; in a fixed order."""
        return self._database.read(lambda c: silence_rows.read(c, now))


def _imported(connection: Connection, agency: Agency, now: int, by: str) -> importing.ImportReport:
    report = importing.import_agency(connection, agency, now)
    parts = {name: change._asdict() for name, change in report.parts.items() if any(change)}
    detail = {
        "version": report.version,
        "sha256": sha256(agency.model_dump_json().encode()).hexdigest(),
        "changes": parts,
    }
    audit.note(connection, Act(now, by, "import", agency.id, detail))
    return report
