"""Alerts against events: how many were noticed, how soon, and how many alerts were about none of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from monitor.evaluation.alertfile import Alerts
from monitor.evaluation.bootstrap import Bootstrap, Figure
from monitor.evaluation.figures import jsonable, quartiles
from monitor.evaluation.labels import Event, EventLabels
from monitor.evaluation.observed import Observed
from monitor.evaluation.spans import Bools, Floats, Spans
from monitor.evaluation.tellings import notices_in, of_alerts, of_rules
from vitals.times import DAY, HOUR


@dataclass(frozen=True, slots=True)
class EventRow:
    """How the events of one kind were noticed; definitions in docs/evaluation.md. Times in hours."""

    kind: str
    claimed: bool
    events: int
    noticed: Figure
    told: Figure
    twice: Figure
    any_told: Figure
    chance: Figure
    delay: Figure
    delay_quartiles: tuple[float, float]
    lead: Figure

    def json(self) -> dict[str, Any]:
        """Figures as [value, low, high]."""
        return jsonable(self)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """What one rule, or all, cost: stretches in alert, notices sent (None: the file does not say), stretches that met
    no event, and time in alert outside events.
    """

    name: str
    episodes: int
    episodes_per_day: Figure
    notices: int | None
    notices_per_day: Figure
    false_per_day: Figure
    precision: Figure
    hours_in_alert: Figure

    def json(self) -> dict[str, Any]:
        """Figures as [value, low, high]."""
        return jsonable(self)


class EventStudy:
    """Patients and events; ``event_row`` and ``alarm_row`` measure alerts of at least severity ``least``."""

    def __init__(self, observed: Observed, labels: EventLabels, alerts: Alerts, least: int, draws: Bootstrap) -> None:
        self._seen, self._labels, self._draws = observed, labels, draws
        self._alerts, self._least, self._loud = alerts, least, alerts.severity >= least
        self._who = labels.rows(observed)
        start = np.array([event.start for event in labels.events], np.int64) - labels.before
        end = np.array([event.end for event in labels.events], np.int64) + labels.after
        self._windows = Spans(self._who, start, end)

    def event_row(self, kind: str) -> EventRow:
        """All events of one kind."""
        chosen = np.flatnonzero(self._labels.of_kind(kind))
        events = [self._labels.events[i] for i in chosen]
        windows, n, draws = self._windows.take(chosen), len(self._seen), self._draws
        fits, sort = self._fitting(events[0]), self._loud & (self._alerts.technical == events[0].technical)
        held = self._in_alert(fits)
        noticed = held.first_in(windows.who, windows.start, windows.end - 1) >= 0
        first = of_rules(self._alerts, fits).first_in(windows)
        told = first >= 0
        twice = of_alerts(self._alerts, fits, max(self._least, events[0].least)).twice_in(windows)
        any_told = of_alerts(self._alerts, sort, self._least).first_in(windows) >= 0
        timed = told & (not self._labels.per_day)  # a day says nothing of when in it
        onset = np.array([event.start for event in events], np.int64)
        full = np.array([np.nan if event.full is None else event.full for event in events], np.float64)
        delay, lead = (first - onset)[timed] / HOUR, (full - first)[timed] / HOUR
        sets_in = ~np.isnan(lead)
        every = windows.count(n)
        return EventRow(
            kind,
            events[0].claimed,
            len(chosen),
            draws.ratio(windows.take(noticed).count(n), every),
            draws.ratio(windows.take(told).count(n), every),
            draws.ratio(windows.take(twice).count(n), every),
            draws.ratio(windows.take(any_told).count(n), every),
            self._by_chance(held),
            draws.quantile(windows.who[timed], delay),
            quartiles(delay),
            draws.quantile(windows.who[timed][sets_in], lead[sets_in]),
        )

    def alarm_row(self, name: str, chosen: Bools, *, technical: bool = False) -> AlarmRow:
        """The alerts of a mask, against all events of their sort."""
        seen, n = self._seen, len(self._seen)
        sort = np.array([event.technical == technical for event in self._labels.events], bool)
        windows = self._windows.take(sort).joined()
        spans = self._in_alert(chosen & self._loud)
        false = windows.first_in(spans.who, spans.start, spans.end - 1) < 0
        outside = self._whole().minus(windows)
        quiet = spans.minus(windows)
        draws, days = self._draws, outside.total(n) / DAY
        sent = notices_in(self._alerts, chosen & self._loud, seen.first, seen.end)
        return AlarmRow(
            name,
            len(spans),
            draws.ratio(spans.count(n), seen.days),
            None if np.isnan(sent).any() else int(sent.sum()),
            draws.ratio(sent, seen.days),
            draws.ratio(spans.take(false).count(n), days),
            draws.ratio(spans.take(~false).count(n), spans.count(n)),
            draws.ratio(quiet.total(n) / DAY, days),
        )

    def _fitting(self, event: Event) -> Bools:
        """Stretches loud enough that fit one of the event's (rule, signal) pairs, and are of its sort."""
        fits = np.zeros(len(self._loud), bool)
        for rule, signal in event.expected:
            of_rule = self._alerts.of_rule(rule) if rule else np.ones(len(fits), bool)
            fits |= of_rule & self._alerts.about([signal]) if signal else of_rule
        fits &= self._loud & (self._alerts.severity >= event.least) & (self._alerts.technical == event.technical)
        return fits

    def _in_alert(self, chosen: Bools) -> Spans:
        return self._alerts.spans(chosen).within(self._seen.first, self._seen.end).joined()

    def _whole(self) -> Spans:
        return Spans.of(np.arange(len(self._seen)), self._seen.first, self._seen.end)

    def _by_chance(self, held: Spans) -> Figure:
        """The share of time (of days, where events are days) outside events that is in such an alert."""
        n = len(self._seen)
        outside = self._whole().minus(self._windows.joined())
        if not self._labels.per_day:
            quiet = held.minus(self._windows.joined())
            return self._draws.ratio(quiet.total(n) / DAY, outside.total(n) / DAY)
        return self._draws.ratio(*_days(held, outside, n))


def _days(held: Spans, outside: Spans, n: int) -> tuple[Floats, Floats]:
    """Of the days outside events, how many meet an alert, and how many there are, by patient."""
    whole = Spans.of(outside.who, outside.start // DAY, -(-outside.end // DAY)).joined()
    who = np.repeat(whole.who, whole.end - whole.start)
    first = np.repeat(whole.start, whole.end - whole.start)
    step = np.arange(len(who)) - np.repeat(
        np.cumsum(whole.end - whole.start) - (whole.end - whole.start), whole.end - whole.start
    )
    begin = (first + step) * DAY
    inside = outside.first_in(who, begin + DAY // 2, begin + DAY // 2) >= 0  # midday tells whether the day is outside
    met = held.first_in(who[inside], begin[inside], begin[inside] + DAY - 1) >= 0
    return (
        np.bincount(who[inside][met], minlength=n).astype(float),
        np.bincount(who[inside], minlength=n).astype(float),
    )
