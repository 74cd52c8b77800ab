"""Readings as InfluxDB line protocol: measurement ``vitals``, tags patient, device, signal; millisecond times."""

from typing import Final

import numpy as np

from vitals.batch import Batch
from vitals.errors import BadDataError
from vitals.series import SeriesKey, SeriesTable
from vitals.signals import SIGNALS

MEASUREMENT: Final = "vitals"
FIELDS: Final = ("value", "received", "quality")
NO_DEVICE: Final = "-"
"""Stands for an empty device: InfluxDB has no empty tag, and no identifier may begin with a hyphen."""

_SPECIAL: Final = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})


def escape_tag(field: str, value: str) -> str:
    r"""A tag value as line protocol writes it; ``field`` names it in the error.

    Commas, equals signs and spaces take a backslash. A backslash of its own cannot be written beyond doubt
    (``\,`` would read as an escaped comma), nor can control characters: both are refused with BadDataError.

    >>> print(escape_tag("patient", "ward 7,bed=2"))
    ward\ 7\,bed\=2
    >>> escape_tag("device", "cuff\n1")
    Traceback (most recent call last):
    ...
    vitals.errors.BadDataError: device 'cuff\n1' cannot be an InfluxDB tag: use letters, digits and . _ : - only
    """
    if not value or "\\" in value or not value.isprintable():
        raise BadDataError(f"{field} {value!r} cannot be an InfluxDB tag: use letters, digits and . _ : - only")
    return value.translate(_SPECIAL)


def line_head(key: SeriesKey) -> str:
    """Everything of a line that its series decides.

    >>> line_head(SeriesKey("p1", "oximeter-1", 1))
    'vitals,device=oximeter-1,patient=p1,signal=spo2 value='
    """
    device = escape_tag("device", key.device or NO_DEVICE)
    patient = escape_tag("patient", key.patient)
    return f"{MEASUREMENT},device={device},patient={patient},signal={SIGNALS[key.signal].name} value="


class LineWriter:
    """Writes batches as line protocol; heads are made once a series, so a row costs about a microsecond.

    >>> table = SeriesTable([SeriesKey("p1", "", 1)])
    >>> LineWriter(table).body(Batch.of([0], [1000], [97.5], [1040])).decode()
    'vitals,device=-,patient=p1,signal=spo2 value=97.5,received=1040i,quality=0i 1000'
    """

    def __init__(self, table: SeriesTable) -> None:
        self._table = table
        self._heads: dict[int, str] = {}

    def body(self, batch: Batch) -> bytes:
        """One line a reading, in the batch's order. BadDataError for a value that InfluxDB cannot hold."""
        finite = np.isfinite(batch.value)
        if not finite.all():
            self._refuse(batch, int(np.argmin(finite)))
        heads = self._heads_for(batch)
        columns = (column.tolist() for column in (batch.series, batch.value, batch.received, batch.quality, batch.time))
        return "\n".join(
            [f"{heads[s]}{v!r},received={r}i,quality={q}i {t}" for s, v, r, q, t in zip(*columns, strict=True)]
        ).encode()

    def _heads_for(self, batch: Batch) -> dict[int, str]:
        for code in set(batch.series.tolist()) - self._heads.keys():
            self._heads[code] = line_head(self._table.keys[code])
        return self._heads

    def _refuse(self, batch: Batch, row: int) -> None:
        key = self._table.keys[int(batch.series[row])]
        raise BadDataError(
            f"{SIGNALS[key.signal].name} of patient {key.patient!r} is {batch.value[row]}: "
            "InfluxDB holds finite numbers only, reject such a reading before it is stored"
        )
