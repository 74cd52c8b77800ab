"""Alerts, plans, people, deliveries and rejects in SQL."""

from store.ledger.errors import ConflictError
from store.ledger.history import Tried
from store.ledger.importing import Change, ImportReport
from store.ledger.ledger import SqlLedger, open_ledger

__all__ = ["Change", "ConflictError", "ImportReport", "SqlLedger", "Tried", "open_ledger"]
