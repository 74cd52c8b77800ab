"""Tables of what devices send beside readings: their newest status, and what was refused."""

from sqlalchemy import Column, Float, Index, LargeBinary, Named, Table, Text, TypedColumns

from store.ledger.columns import Millis, RowId, Words
from store.ledger.schema_alerts import metadata


class StatusColumns(TypedColumns):
    """A device's newest word on itself. Apart from ``devices``, so that an import never forgets it."""

    patient: Named[str] = Column(Words, primary_key=True)
    device: Named[str] = Column(Words, primary_key=True)
    time: Named[int] = Column(Millis)
    received: Named[int] = Column(Millis)
    online: Named[bool]
    battery: Named[float | None] = Column(Float)
    retained: Named[bool]


statuses = Table("device_statuses", metadata, StatusColumns)


class RejectColumns(TypedColumns):
    """Something refused, payload and all, with its reason."""

    id: Named[int] = Column(RowId, primary_key=True)
    received: Named[int] = Column(Millis)
    topic: Named[str] = Column(Words)
    payload: Named[bytes] = Column(LargeBinary)
    reason: Named[str] = Column(Text)
    detail: Named[str] = Column(Words)
    patient: Named[str] = Column(Words)
    device: Named[str] = Column(Words)


rejects = Table(
    "rejects",
    metadata,
    RejectColumns,
    Index("rejects_received", "received"),
    Index("rejects_reason", "reason", "received"),
)
