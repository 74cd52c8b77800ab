"""What the parts of the ledger have in common."""

from store.ledger.database import Database


class Part:
    """Some of the ledger's methods, over its one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
