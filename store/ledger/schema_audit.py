"""Tables of the audit trail: what people did beside alerts, and the chain that seals everything."""

from sqlalchemy import Column, Index, Named, Table, Text, TypedColumns

from store.ledger.columns import Json, Millis, RowId, Words
from store.ledger.schema_alerts import metadata


class ActColumns(TypedColumns):
    """One row a look, or a change of plan or roster: who (``actor``) did what to which ``subject``; never altered."""

    id: Named[int] = Column(RowId, primary_key=True)
    time: Named[int] = Column(Millis)
    actor: Named[str] = Column(Words)
    what: Named[str] = Column(Text)
    subject: Named[str] = Column(Words)
    detail = Column(Json, nullable=False)


acts = Table("acts", metadata, ActColumns, Index("acts_time", "time"))


class SealColumns(TypedColumns):
    """One link of the chain, never altered: ``digest`` is of the row ``ref`` of ``source``, ``chain`` of all so far."""

    number: Named[int] = Column(RowId, primary_key=True, autoincrement=False)
    source: Named[str] = Column(Text)
    ref: Named[str] = Column(Words)
    time: Named[int] = Column(Millis)
    digest: Named[str] = Column(Text)
    chain: Named[str] = Column(Text)


seals = Table(
    "seals",
    metadata,
    SealColumns,
    Index("seals_ref", "source", "ref", unique=True),
    Index("seals_time", "source", "time"),
)
