"""What a device brought, moment by moment: those with artefacts one by one, and the good ones between them together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from detectors.artefacts import Reason
from detectors.columns import Index, Ints
from detectors.lulls import Rows


@dataclass(frozen=True, slots=True)
class Moment:
    """One ``time`` (ms): codes of the series that were ``good`` then, and values of those that were not, by reason."""

    time: int
    good: set[int] = field(default_factory=set)
    bad: dict[Reason, dict[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Calm:
    """Good readings in a row: which series, and when, in the order of time."""

    series: Index
    time: Ints

    def times(self, codes: set[int]) -> list[int]:
        """The moments at which one of these series (all, where none is named) was good."""
        time = self.time
        if codes:  # a few, so asked one by one
            time = time[np.logical_or.reduce([self.series == code for code in codes])]
        return time[np.append(True, time[1:] != time[:-1])].tolist() if len(time) else []


def moments(rows: Rows) -> Iterator[Moment | Calm]:
    """Rows of one device, in the order of time.

    >>> rows = Rows(np.array([0, 1, 0]), np.array([5, 5, 9]), np.array([0.0, 0.0, 97.0]), np.array([1, 1, 0]))
    >>> [(type(m).__name__, m.time) for m in moments(rows)]
    [('Moment', 5), ('Calm', array([9]))]
    """
    rows = rows.of(rows.time.argsort(kind="stable"))
    bad = np.unique(rows.time[rows.why > 0])
    done = 0
    for time, first, last in zip(
        bad.tolist(),
        rows.time.searchsorted(bad).tolist(),
        rows.time.searchsorted(bad, side="right").tolist(),
        strict=True,
    ):
        if first > done:
            yield Calm(rows.series[done:first], rows.time[done:first])
        yield _moment(time, rows.of(slice(first, last)))
        done = last
    if done < len(rows.time):
        yield Calm(rows.series[done:], rows.time[done:])


def _moment(time: int, rows: Rows) -> Moment:
    moment = Moment(time)
    for code, value, why in zip(rows.series.tolist(), rows.value.tolist(), rows.why.tolist(), strict=True):
        if why:
            moment.bad.setdefault(Reason(why), {})[code] = value
        else:
            moment.good.add(code)
    return moment
