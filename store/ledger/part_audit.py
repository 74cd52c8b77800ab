"""The ledger's audit trail, and what is let go of when it is old."""

from sqlalchemy import Table

from store.ledger import audit, retention
from store.ledger.audit import Act
from store.ledger.part import Part


class AuditPart(Part):
    """Looks and changes are written down; every row that must not change is sealed."""

    def prune(self, before: int, now: int) -> dict[str, int]:
        """Remove rejects and finished deliveries (of alerts that are over) with their tries from before ``before``.

        Returns how many rows went, by table; that it was done is written down first. Alerts and transitions stay.
        """
        act = Act(now, "system", audit.RETENTION, "ledger", {"before": before})
        self._database.write(lambda c: audit.note(c, act))
        return {table.name: self._prune(table, before) for table in retention.OLD}

    def note(self, act: Act) -> None:
        """Write down a look, or a change of plan or roster."""
        self._database.write(lambda c: audit.note(c, act))

    def acts(self, limit: int | None = 1_000) -> list[Act]:
        """Looks and changes, newest first."""
        return self._database.read(lambda c: audit.read_acts(c, limit))

    def seal(self) -> int:
        """Seal a lot of what is not sealed yet; returns how many rows. Call again while it returns any."""
        return self._database.write(audit.seal) if self._database.read(audit.any_unsealed) else 0

    def verify(self, head: str = "") -> audit.Verified:
        """Whether the audit trail is whole; ``head`` is one that was noted elsewhere and must be in it."""
        return self._database.snapshot(lambda c: audit.verify(c, head))

    def _prune(self, table: Table, before: int) -> int:
        lots = iter(lambda: self._database.write(lambda c: retention.prune_lot(c, table, before)), 0)
        return sum(lots)
