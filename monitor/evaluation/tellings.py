"""When people were told: an alert that opened, or that grew worse, which the desk tells anew; and how many notices."""

from dataclasses import dataclass

import numpy as np

from monitor.evaluation.alertfile import Alerts
from monitor.evaluation.spans import LANE, Bools, Floats, Ints, Spans


@dataclass(frozen=True, slots=True, eq=False)
class Tellings:
    """n moments at which somebody was told, sorted by patient and time: row number of the patient, ms UTC, severity."""

    who: Ints
    at: Ints
    severity: Ints

    def first_in(self, windows: Spans) -> Ints:
        """When the first within each window ``[start, end)`` was, ms; -1 where none was."""
        low, high = self._inside(windows, np.ones(len(self.at), bool))
        times = np.append(self.at, -1)
        return np.where(high > low, times[np.minimum(low, len(self.at))], -1)

    def twice_in(self, windows: Spans) -> Bools:
        """Within which windows one severity was told more than once."""
        found = np.zeros(len(windows), bool)
        for severity in np.unique(self.severity):
            low, high = self._inside(windows, self.severity == severity)
            found |= high - low > 1
        return found

    def spans(self) -> Spans:
        """One ms each."""
        return Spans(self.who, self.at, self.at + 1)

    def _inside(self, windows: Spans, chosen: Bools) -> tuple[Ints, Ints]:
        """Of the chosen, the first within each window, and the first beyond it."""
        base = int(min(self.at.min(initial=0), windows.start.min(initial=0)))
        place = self.who[chosen] * LANE + (self.at[chosen] - base)
        low, high = (windows.who * LANE + (edge - base) for edge in (windows.start, windows.end))
        return np.searchsorted(place, low).astype(np.int64), np.searchsorted(place, high).astype(np.int64)


def of_rules(alerts: Alerts, chosen: Bools) -> Tellings:
    """Each moment at which an alert began to give one of these rules (of a mask of stretches), or gave it as worse."""
    at = np.flatnonzero(chosen)
    order = np.lexsort((alerts.start[at], alerts.rule[at], alerts.alert[at]))
    at = at[order]
    before, after = at[:-1], at[1:]
    same = (alerts.alert[before] == alerts.alert[after]) & (alerts.rule[before] == alerts.rule[after])
    goes_on = np.zeros(len(at), bool)
    goes_on[1:] = same & (alerts.end[before] >= alerts.start[after])
    goes_on[1:] &= alerts.severity[before] >= alerts.severity[after]
    return _of(alerts, at[~goes_on])


def of_alerts(alerts: Alerts, chosen: Bools, least: int) -> Tellings:
    """Each moment at which an alert that gives one of these rules opened, or rose, to at least this severity: what
    joins an alert without making it worse goes with it.
    """
    pairs = alerts.alert << 42 ^ alerts.start  # a stretch's alert and moment as one number: times are below 2^42 ms
    told = alerts.told & (alerts.severity >= least) & np.isin(pairs, pairs[chosen])
    return _of(alerts, np.flatnonzero(told))


def notices_in(alerts: Alerts, chosen: Bools, first: Ints, end: Ints) -> Floats:
    """Notices that the desk has sent of alerts while they gave one of these rules, within ``[first, end)`` of each
    patient ([patients]); NaN for all where the file does not say.
    """
    rows = np.flatnonzero(chosen & (alerts.start >= first[alerts.who]) & (alerts.start < end[alerts.who]))
    _, lines = np.unique(alerts.line[rows], return_index=True)
    sent = alerts.notices[rows[lines]]
    if (sent < 0).any():
        return np.full(len(first), np.nan)
    return np.bincount(alerts.who[rows[lines]], sent, len(first)).astype(np.float64)


def _of(alerts: Alerts, rows: Ints) -> Tellings:
    """Of stretches by number; several of one patient, moment and severity are one."""
    keys = np.unique(np.stack([alerts.who[rows], alerts.start[rows], alerts.severity[rows]]), axis=1)
    return Tellings(*keys)
