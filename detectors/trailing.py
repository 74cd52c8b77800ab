"""Late readings after the newest fresh one, at a start: nothing was judged by them yet, they wait for a fresh one."""

from collections.abc import Iterator

import numpy as np

from detectors.arrivals import Arrivals
from detectors.columns import NEVER, Bools, Index
from vitals.series import SeriesTable


class Trailing:
    """Readings held back, of a few patients. What was judged before the start and is redelivered is then judged as it
    was; with the first reading that is not known yet, what was held back before it counts, as it would have.
    """

    def __init__(self) -> None:
        self._held: Arrivals | None = None

    def hold(self, history: Arrivals, patient: Index, watched: Bools) -> Arrivals:
        """The history up to each patient's newest fresh reading of a watched signal; the rest waits.

        ``patient`` [n] and ``watched`` [n] are of the rows of the history.
        """
        told = history.fresh & watched
        newest = np.full(int(patient.max(initial=-1)) + 1, NEVER)
        np.maximum.at(newest, patient[told], history.time[told])
        waits = (history.time > newest[patient]) & watched
        self._held = part(history, waits) if waits.any() else None
        return part(history, ~waits) if waits.any() else history

    def parts(self, arrivals: Arrivals, series: SeriesTable) -> Iterator[Arrivals]:
        """The arrivals, with what was held back of the same patients in its place."""
        if self._held is None:
            yield arrivals
            return
        patient_of = series.patient_codes()
        patient, held = patient_of[arrivals.series], patient_of[self._held.series]
        again = np.zeros(len(patient), bool) if arrivals.known is None else arrivals.known
        due = np.isin(held, patient[~again])
        if not due.any():
            yield arrivals
            return
        yield from (part(arrivals, again), part(self._held, due), part(arrivals, ~again))
        self._held = None if due.all() else part(self._held, ~due)


def part(whole: Arrivals, rows: Bools) -> Arrivals:
    """Some rows of arrivals; what is known of their order is left out.

    >>> from detectors.rings import Rings
    >>> series, time, yes = np.array([3, 3, 5]), np.array([1, 2, 2]), np.ones(3, bool)
    >>> whole = Arrivals(Rings(), series[1:], np.array([0, 2]), series, time, time / 1, yes, yes, False)
    >>> part(whole, np.array([False, True, True])).starts.tolist()
    [0, 1]
    """
    series = whole.series[rows]
    starts = np.flatnonzero(np.append(True, series[1:] != series[:-1])[: len(series)])
    time, value = whole.time[rows], whole.value[rows]
    single = len(starts) == len(series)
    return Arrivals(
        whole.rings, series[starts], starts, series, time, value, whole.new[rows], whole.fresh[rows], single
    )
