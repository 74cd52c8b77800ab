"""Tables of what people are told: notices and every try to hand one over."""

from sqlalchemy import Column, Index, Named, Table, Text, TypedColumns, text

from store.ledger.columns import Millis, RowId, Words
from store.ledger.schema_alerts import metadata

WAITING, HELD, SENT = "state = 'pending'", "state = 'leased'", "state = 'sent'"
"""Spelled the same in indexes and queries: a partial index serves only conditions it can recognise."""


class DeliveryColumns(TypedColumns):
    """One row a notice to one person over one channel; the channel's name, never its URL."""

    key: Named[str] = Column(Words, primary_key=True)
    alert: Named[str] = Column(Text)
    seq: Named[int]
    recipient: Named[str] = Column(Words)
    channel: Named[str] = Column(Words)
    due: Named[int] = Column(Millis)
    created: Named[int] = Column(Millis)
    state: Named[str] = Column(Text)
    severity: Named[int]
    attempts: Named[int]
    lease_until: Named[int | None] = Column(Millis)
    leased_by: Named[str] = Column(Words)
    sent_at: Named[int | None] = Column(Millis)
    result: Named[str] = Column(Words)
    title: Named[str] = Column(Words)
    body: Named[str] = Column(Words)
    triggered: Named[int] = Column(Millis)
    urgent: Named[bool] = Column(server_default=text("false"))


deliveries = Table(
    "deliveries",
    metadata,
    DeliveryColumns,
    Index("deliveries_due", "due", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
    Index(
        "deliveries_waiting",
        *("severity", "due", "created", "key"),
        sqlite_where=text(WAITING),
        postgresql_where=text(WAITING),
    ),
    Index(
        "deliveries_lease",
        *("lease_until", "leased_by", "due", "state"),  # all that is asked of what is held: SQLite reads no row for it
        sqlite_where=text(HELD),
        postgresql_where=text(HELD),
    ),
    Index(
        "deliveries_sent_to",
        *("recipient", "channel", "sent_at"),
        sqlite_where=text(SENT),
        postgresql_where=text(SENT),
    ),
    Index("deliveries_of_alert", "alert"),
    Index("deliveries_created", "created"),
)


class AttemptColumns(TypedColumns):
    """One row a try: what the channel said, kept however the delivery ends."""

    id: Named[int] = Column(RowId, primary_key=True)
    delivery: Named[str] = Column(Words)
    time: Named[int] = Column(Millis)
    ok: Named[bool]
    result: Named[str] = Column(Words)


attempts = Table("attempts", metadata, AttemptColumns, Index("attempts_of_delivery", "delivery"))
