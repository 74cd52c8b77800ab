"""What a device brought at one time: which of its series were good, and which were not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from detectors.artefacts import Reason
from vitals.series import SeriesKey


@dataclass(slots=True)
class Moment:
    """One ``time`` (ms): codes of the series that were ``good`` then, and values of those that were not, by reason."""

    time: int
    good: set[int] = field(default_factory=set)
    bad: dict[Reason, dict[int, float]] = field(default_factory=dict)


def moments(
    keys: Sequence[SeriesKey], rows: Iterable[tuple[int, int, float, int]]
) -> dict[tuple[str, str], list[Moment]]:
    """Rows (series, time, value, Reason, NONE if good) as moments of each (patient, device), in the order of time.

    >>> rows = [(0, 5, 0.0, 1), (1, 5, 0.0, 1), (0, 9, 97.0, 0)]
    >>> found = moments([SeriesKey("p1", "o", 1), SeriesKey("p1", "o", 0)], rows)
    >>> [(m.time, m.good, {r.name: set(codes) for r, codes in m.bad.items()}) for m in found["p1", "o"]]
    [(5, set(), {'PROBE_OFF': {0, 1}}), (9, {0}, {})]
    """
    found: dict[tuple[str, str], dict[int, Moment]] = {}
    of_series: dict[int, dict[int, Moment]] = {}
    for code, at, number, reason in rows:
        if (whose := of_series.get(code)) is None:
            whose = of_series[code] = found.setdefault(keys[code][:2], {})
        if (moment := whose.get(at)) is None:
            moment = whose[at] = Moment(at)
        if reason:
            moment.bad.setdefault(Reason(reason), {})[code] = number
        else:
            moment.good.add(code)
    return {about: [of[at] for at in sorted(of)] for about, of in found.items()}
