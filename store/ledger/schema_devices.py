"""Tables of what devices send beside readings: their newest status, events that count on, and what was refused."""

from sqlalchemy import Column, Float, Index, LargeBinary, Named, Table, Text, TypedColumns, UniqueConstraint

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


class EventColumns(TypedColumns):
    """Somebody clocked in or out at a patient's, or a therapy session began or ended: how later things are judged.

    ``id`` grows, so that another process sees what is new. It refers to no other table: it outlives each import.
    """

    id: Named[int] = Column(RowId, primary_key=True)
    patient: Named[str] = Column(Words)
    event: Named[str] = Column(Text)
    caregiver: Named[str] = Column(Words)
    time: Named[int] = Column(Millis)
    received: Named[int] = Column(Millis)
    device: Named[str] = Column(Words)
    stale: Named[bool]


events = Table(
    "patient_events",
    metadata,
    EventColumns,
    UniqueConstraint("patient", "event", "caregiver", "time", name="patient_events_once"),
    Index("patient_events_time", "time"),
)


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
