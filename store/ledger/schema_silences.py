"""The table of silences."""

from sqlalchemy import Column, Index, Named, Table, Text, TypedColumns

from store.ledger.columns import Millis, Words
from store.ledger.schema_alerts import metadata


class SilenceColumns(TypedColumns):
    """For a while nobody is told of some of a patient's alerts (vitals.silence.Silence); kept when it is over."""

    id = Column(Text, primary_key=True)
    patient: Named[str] = Column(Words)
    start: Named[int] = Column(Millis)
    end: Named[int] = Column(Millis)
    reason: Named[str] = Column(Words)
    by: Named[str] = Column(Words)
    rule: Named[str] = Column(Words)
    signal: Named[str] = Column(Text)
    lifted: Named[int | None] = Column(Millis)
    lifted_by: Named[str] = Column(Words)


silences = Table("silences", metadata, SilenceColumns, Index("silences_end", "end"))
