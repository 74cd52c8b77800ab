"""Every table of the ledger, as one metadata: what the migrations must add up to."""

from store.ledger import (
    schema_agency,
    schema_alerts,
    schema_audit,
    schema_deliveries,
    schema_devices,
    schema_silences,
)

metadata = schema_alerts.metadata
TABLES = tuple(metadata.sorted_tables)
__all__ = [
    "TABLES",
    "metadata",
    "schema_agency",
    "schema_alerts",
    "schema_audit",
    "schema_deliveries",
    "schema_devices",
    "schema_silences",
]
