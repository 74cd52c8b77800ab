"""Tables of what happens to patients: alerts, their reasons and history.

No foreign keys here: an alert outlives its patient's place in the agency file, and the order of writing within a
transaction is the desk's own.
"""

from sqlalchemy import Column, Index, MetaData, Named, Table, Text, TypedColumns, text

from store.ledger.columns import Json, Millis, Words

metadata = MetaData()

OPEN_TO = "episode <> '' AND state IN ('open', 'escalated', 'acknowledged')"
"""Live alerts that others may join; sealed ones have an episode of their own."""
LIVE = "state IN ('open', 'escalated', 'acknowledged')"
"""Spelled the same in indexes and queries: a partial index serves only conditions it can recognise."""
RESOLVED = "state = 'resolved'"


class AlertColumns(TypedColumns):
    """One row an alert; see vitals.alert.Alert."""

    id = Column(Text, primary_key=True)
    rule: Named[str] = Column(Words)
    patient: Named[str] = Column(Words)
    signal: Named[str] = Column(Text)
    device: Named[str] = Column(Words)
    kind: Named[str] = Column(Text)
    severity: Named[int]
    state: Named[str] = Column(Text)
    onset: Named[int] = Column(Millis)
    opened: Named[int] = Column(Millis)
    updated: Named[int] = Column(Millis)
    evidence = Column(Json, nullable=False)
    holds: Named[bool]
    latched: Named[bool]
    seq: Named[int]
    step: Named[int]
    next_step_at: Named[int | None] = Column(Millis)
    acknowledged_by: Named[str] = Column(Words)
    follow_up_at: Named[int | None] = Column(Millis)
    policy = Column(Json, nullable=False)
    episode: Named[str] = Column(Words, server_default=text("''"))
    told_at: Named[int | None] = Column(Millis)


alerts = Table(
    "alerts",
    metadata,
    AlertColumns,
    Index(
        "alerts_one_live_a_key",
        *("patient", "rule", "signal", "device"),
        unique=True,
        sqlite_where=text(LIVE),
        postgresql_where=text(LIVE),
    ),
    Index(
        "alerts_one_live_an_episode",
        *("patient", "episode"),
        unique=True,
        sqlite_where=text(OPEN_TO),
        postgresql_where=text(OPEN_TO),
    ),
    Index("alerts_resolved", "updated", sqlite_where=text(RESOLVED), postgresql_where=text(RESOLVED)),
    Index("alerts_due", "next_step_at", "follow_up_at", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
    Index("alerts_of_patient", "patient", "opened"),
    Index("alerts_opened", "opened"),
)


class ReasonColumns(TypedColumns):
    """One row a condition that shares an alert with others, or has come back to it: where it is found by its name (see
    alerts.identity) and, while it ``holds`` in a live alert, by its key. What it says is in the alert's evidence.
    """

    name: Named[str] = Column(Text, primary_key=True)
    alert: Named[str] = Column(Text)
    rule: Named[str] = Column(Words)
    patient: Named[str] = Column(Words)
    signal: Named[str] = Column(Text)
    device: Named[str] = Column(Words)
    holds: Named[bool]


HOLDS = "holds"
reasons = Table(
    "alert_reasons",
    metadata,
    ReasonColumns,
    Index(
        "alert_reasons_one_a_key",
        *("patient", "rule", "signal", "device"),
        unique=True,
        sqlite_where=text(HOLDS),
        postgresql_where=text(HOLDS),
    ),
    Index("alert_reasons_of_alert", "alert"),
)


class TransitionColumns(TypedColumns):
    """One row a change of an alert, never altered (a trigger refuses it)."""

    alert = Column(Text, primary_key=True)
    seq: Named[int] = Column(primary_key=True, autoincrement=False)
    time: Named[int] = Column(Millis)
    state: Named[str] = Column(Text)
    severity: Named[int]
    cause: Named[str] = Column(Words)
    actor: Named[str] = Column(Words)
    note: Named[str] = Column(Words)
    evidence = Column(Json, nullable=False)


transitions = Table("transitions", metadata, TransitionColumns, Index("transitions_time", "time"))
