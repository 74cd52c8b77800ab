"""Whether alerts, labels and readings are of one time: equal ids with times of another zone or year match nothing."""

import numpy as np

from monitor.evaluation.alertfile import Alerts
from monitor.evaluation.labels import NO_ONSET, Labels, OnsetLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.spans import Ints
from vitals.errors import BadDataError
from vitals.times import DAY, iso


def check_times(alerts: Alerts, labels: Labels, seen: Observed) -> None:
    """BadDataError when not one alert, or not one label, lies within a day of its patient's recording."""
    _check("alert", "alerts.jsonl of this recording", alerts.who, alerts.start, seen)
    if isinstance(labels, OnsetLabels):
        onset = labels.onset_of(seen)
        rows = np.flatnonzero(onset != NO_ONSET)
        _check("onset", "labels of this recording", rows, onset[rows], seen)
    else:
        start = np.array([event.start for event in labels.events], np.int64)
        _check("event", "labels of this recording", labels.rows(seen), start, seen)


def _check(what: str, remedy: str, who: Ints, at: Ints, seen: Observed) -> None:
    inside = (at >= seen.first[who] - DAY) & (at <= seen.end[who] + DAY)
    if not len(who) or inside.any():
        return
    row = int(who[0])
    first, last = iso(int(seen.first[row])), iso(int(seen.last[row]))
    raise BadDataError(
        f"not one {what} lies within its patient's recording: of {seen.names[row]!r} there is one at "
        f"{iso(int(at[0]))}, recorded from {first} to {last}: name {remedy}, and mind the zones of their times"
    )
