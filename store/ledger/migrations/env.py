"""Alembic runs this to apply revisions; the connection, with its open transaction, comes from store.ledger.migrate."""

from typing import Any

from alembic import context

from store.ledger.schema import metadata


def run(attributes: dict[str, Any]) -> None:
    """Apply the revisions that the command chose, in the transaction that the caller has begun."""
    context.configure(connection=attributes["connection"], target_metadata=metadata, transactional_ddl=True)
    context.run_migrations()


if hasattr(context, "config"):  # not so when it is imported by hand
    run(context.config.attributes)
