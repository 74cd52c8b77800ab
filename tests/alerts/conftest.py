"""What several tests of the desk stand on."""

from collections.abc import Iterator

import pytest

from store.ledger import SqlLedger, open_ledger


@pytest.fixture
def ledger() -> Iterator[SqlLedger]:
    """A real one, on SQLite, that is gone afterwards."""
    with open_ledger("sqlite://") as it:
        yield it
