"""The reference that everything must beat: partial NEWS2 on the same readings, measured by the same definitions."""

from typing import Final

import numpy as np

from detectors.news2 import COMPONENTS, points_table
from monitor.evaluation.observed import Observed
from monitor.evaluation.spans import FOREVER, Floats, Ints, Spans
from monitor.longcsv import LongCsv
from vitals.errors import BadDataError

PARTS: Final = tuple(name for name in COMPONENTS if name != "consciousness")
"""Respiration, SpO2, systolic pressure, pulse, temperature: what vital signs alone can say."""
THRESHOLDS: Final = (3, 5, 6, 7)

_QUERY: Final = (  # our own constants
    "SELECT patient, stamp, "  # noqa: S608
    + ", ".join(f"first(number ORDER BY line) FILTER (signal = '{name}') AS {name}" for name in PARTS)
    + f" FROM reading WHERE signal IN {PARTS} GROUP BY ALL ORDER BY 1, 2"
)


class PartialNews2:
    """The total at every time at which a part was measured; each part's last value holds until the next.

    ``who`` int64[n] rows of ``observed``, ``time`` ms, ``total`` int64[n], in the order of patients and times.
    """

    def __init__(self, readings: LongCsv, observed: Observed) -> None:
        columns = readings.select(_QUERY).fetchnumpy()
        numbers = {name: i for i, name in enumerate(observed.names)}
        stranger = next((name for name in columns["patient"].tolist() if name not in numbers), None)
        if stranger is not None:
            raise BadDataError(
                f"{readings.path}: patient {stranger!r} is not in the labels: they must be of one recording, with "
                "equal patient ids"
            )
        self.who: Ints = np.array([numbers[name] for name in columns["patient"].tolist()], np.int64)
        self.time: Ints = np.asarray(columns["stamp"], np.int64)
        values = np.full((len(self.who), len(COMPONENTS)), np.nan)
        for name in PARTS:
            values[:, COMPONENTS.index(name)] = np.ma.filled(np.ma.asarray(columns[name], np.float64), np.nan)
        carried = _carried(values, self.who)
        n = len(self.who)
        self.total: Ints = points_table(carried, np.zeros(n, bool), np.ones(n)).sum(axis=1).astype(np.int64)

    def at_least(self, threshold: int) -> Spans:
        """While the total is at least this."""
        following = np.full(len(self.time), FOREVER, np.int64)
        same = self.who[1:] == self.who[:-1]
        following[:-1][same] = self.time[1:][same]
        above = self.total >= threshold
        return Spans.of(self.who[above], self.time[above], following[above])


def _carried(values: Floats, who: Ints) -> Floats:
    """Last value carried forward within each patient."""
    number = np.arange(len(values))
    begins = np.concatenate([[True], who[1:] != who[:-1]])[: len(values)]
    fresh = ~np.isnan(values) | begins[:, None]
    last = np.maximum.accumulate(np.where(fresh, number[:, None], 0), axis=0)
    return np.take_along_axis(values, last, axis=0)
