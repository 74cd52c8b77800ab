"""Alerts against onsets: sensitivity before onset, lead time, episodes per patient-day, hours in alert, precision."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from monitor.evaluation.bootstrap import Bootstrap, Figure
from monitor.evaluation.figures import jsonable, quartiles
from monitor.evaluation.labels import NO_ONSET
from monitor.evaluation.observed import Observed
from monitor.evaluation.spans import Bools, Floats, Ints, Spans
from monitor.evaluation.tellings import Tellings
from vitals.times import HOUR


@dataclass(frozen=True, slots=True)
class OnsetRow:
    """What one rule, or all, was worth; definitions in docs/evaluation.md. Lead times in hours."""

    name: str
    sensitivity: Figure
    told: Figure
    told_per_day: Figure
    notices_per_day: Figure
    chance: Figure
    lead: Figure
    lead_quartiles: tuple[float, float]
    episodes_per_day: Figure
    hours_in_alert: Figure
    precision: Figure

    def json(self) -> dict[str, Any]:
        """Figures as [value, low, high]."""
        return jsonable(self)


class OnsetStudy:
    """Patients, onsets and the window before them; ``row`` measures any spans in alert by the same definitions.

    ``window`` ms. Resampling is by patient, with the same draws for every row.
    """

    def __init__(self, observed: Observed, onset: Ints, window: int, draws: Bootstrap) -> None:
        self.observed, self.window, self._draws = observed, window, draws
        self.positive: Bools = onset != NO_ONSET
        self.rows = np.flatnonzero(self.positive)
        self.onset = onset
        self.begins = np.where(self.positive, onset - window, np.iinfo(np.int64).max // 2)
        quiet = np.clip(-((observed.first - self.begins) // HOUR), 0, observed.cells.astype(np.int64))
        self._quiet_hours = quiet.astype(np.float64)
        self._negative_days = np.where(self.positive, 0.0, observed.days)

    def row(self, name: str, alerts: Spans, tellings: Tellings | None = None, sent: Floats | None = None) -> OnsetRow:
        """``alerts``: all stretches in alert, joined or not; ``tellings``: when people were told, None: as each episode
        began; ``sent``: notices of each patient, None: nobody says.
        """
        seen, n = self.observed, len(self.observed)
        notices = np.full(n, np.nan) if sent is None else sent
        spans = alerts.within(seen.first, seen.end).joined()
        before, onset = self.onset[self.rows] - self.window, self.onset[self.rows]
        met = spans.first_in(self.rows, before, onset)
        told = tellings or Tellings(spans.who, spans.start, np.zeros_like(spans.who))
        hit = self._each(met >= 0)
        anew = self._each(told.first_in(Spans(self.rows, before, onset + 1)) >= 0)
        found = self.rows[met >= 0]
        lead = (onset - np.maximum(spans.start[met], before))[met >= 0] / HOUR if len(spans) else np.zeros(0)
        true, false = self._judged(spans)
        hours = seen.hours(spans)
        draws, positive = self._draws, self.positive.astype(np.float64)
        return OnsetRow(
            name,
            draws.ratio(hit, positive),
            draws.ratio(anew, positive),
            draws.ratio(np.where(self.positive, 0.0, told.spans().count(n)), self._negative_days),
            draws.ratio(np.where(self.positive, 0.0, notices), self._negative_days),
            draws.ratio(*self._chance(hours)),
            draws.quantile(found, lead),
            quartiles(lead),
            draws.ratio(np.where(self.positive, 0.0, spans.count(n)), self._negative_days),
            draws.ratio(_up_to(hours, self._quiet_hours), self._quiet_hours),
            draws.ratio(true, true + false),
        )

    def _each(self, which: Bools) -> Floats:
        """0 or 1 for each patient, of flags for each positive one."""
        return np.bincount(self.rows[which], minlength=len(self.observed)).astype(np.float64)

    def _judged(self, spans: Spans) -> tuple[Floats, Floats]:
        """True episodes (they meet the window before onset) and false ones (of negatives, or over before the window)
        of each patient. What begins after onset is neither.
        """
        onset = self.onset[spans.who]
        ill, n = self.positive[spans.who], len(self.observed)
        true = ill & (spans.start <= onset) & (spans.end > onset - self.window)
        false = ~ill | (spans.end <= onset - self.window)
        return spans.take(true).count(n), spans.take(false).count(n)

    def _chance(self, hours: Spans) -> tuple[Floats, Floats]:
        """Of all windows of this length that end in an hour of a negative patient, how many meet an alert."""
        reach = self.window // HOUR
        cells = self.observed.cells.astype(np.int64)
        wide = Spans.of(hours.who, hours.start, np.minimum(hours.end + reach, cells[hours.who])).joined()
        negative = np.where(self.positive, 0.0, 1.0)
        return wide.total(len(cells)) * negative, self.observed.cells * negative


def _up_to(hours: Spans, limit: Floats) -> Floats:
    """How many of the hours lie before each patient's ``limit``."""
    end = np.minimum(hours.end, limit[hours.who].astype(np.int64))
    return np.bincount(hours.who, np.maximum(end - hours.start, 0), len(limit)).astype(np.float64)
