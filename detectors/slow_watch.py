"""What TrackWatch and PanelWatch share: boundaries, what is known to hold, and findings for what changed."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from detectors.arrivals import Arrivals
from detectors.columns import Bools, Index, Ints
from detectors.hour_rows import HourRows
from detectors.known import Known
from detectors.plan_rows import UNWATCHED
from detectors.recalled import Recalled, seen
from detectors.rounds import News, Rounds
from detectors.ward import Ward
from detectors.windows import Marks
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import Intake
from vitals.times import HOUR


class Slow(Protocol):
    """What the runners ask of both kinds of slow detectors."""

    @property
    def rules(self) -> tuple[str, ...]: ...
    @property
    def every(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Told:
    """One change: of which rule, of what (its place in the slice, and its number), to which level, since when."""

    rule: int
    place: int
    thing: int
    level: int
    onset: int


class SlowWatch(ABC):
    """Things are numbered; a subclass says what they are, builds their windows and words the findings."""

    def __init__(self, detector: Slow, ward: Ward) -> None:
        self._ward = ward
        self._rules = detector.rules
        self._known, self._recalled = tuple(Known() for _ in detector.rules), Recalled(len(detector.rules))
        self._rounds = Rounds(detector.every, ward.pace, getattr(detector, "linger", 0))
        self._size = 0
        self._dropped: list[Finding] = []
        ward.hours.wishes.append(self.wish)

    @abstractmethod
    def wish(self, patients: Index, signals: Index) -> Bools:
        """Which of these (patient codes, signal codes) need hours."""

    @abstractmethod
    def _count(self) -> int:
        """How many things there are."""

    @abstractmethod
    def _rows_of(self, things: Index) -> Index:
        """The plan row of each thing."""

    @abstractmethod
    def _news(self, at: int, after: int) -> News:
        """What is fresh in (after, at]."""

    @abstractmethod
    def _thing(self, key: FindingKey) -> int | None:
        """What an alert is about."""

    @abstractmethod
    def _key(self, rule: int, thing: int) -> FindingKey: ...

    @abstractmethod
    def _judged(self, at: int, things: Index) -> list[Finding]:
        """What has changed as of ``at``."""

    def use(self, now: int) -> None:
        """What is no longer watched no longer holds."""
        self.grow()
        for thing in np.flatnonzero((self._rows_of(np.arange(self._size)) == UNWATCHED) & self._holds()).tolist():
            self._dropped += self._drop(thing, now)

    def grow(self) -> None:
        """Make room for new things."""
        self._size = self._count()
        for known in self._known:
            known.grow(self._size)

    def recall(self, alert: Alert) -> None:
        """What was told holds."""
        thing = self._thing(alert.key) if alert.holds else None
        if thing is not None:
            self.grow()
            rule = self._rules.index(alert.key.rule)
            self._known[rule].put(thing, int(alert.severity), alert.onset)
            self._recalled.told(rule, thing, seen(alert))

    def ended(self, key: FindingKey, time: int) -> None:
        """What has ended is not found again where it began."""
        thing = self._thing(key)
        if thing is not None:
            self._recalled.ended(self._rules.index(key.rule), thing, time)

    def warm(self, history: Arrivals, now: int) -> list[Finding]:  # noqa: ARG002  (the next sweep judges)
        return []

    def scan(self, arrivals: Arrivals | None, intake: Intake, now: int) -> list[Finding]:  # noqa: ARG002
        return []

    def sweep(self, now: int) -> list[Finding]:
        """Judge what is due, as much of it as this sweep has time for."""
        findings, self._dropped = self._dropped, []
        at = self._rounds.due(now)
        if at is not None:
            self._open(at, now)
        while (some := self._rounds.next(now)) is not None:
            findings += self._judged(*some)
        return findings

    def conclude(self, end: int) -> list[Finding]:
        """Judge everything up to ``end``, as of the boundary that comes next, without waiting for it."""
        self._ward.pace.begin(whole=True)
        findings = self.sweep(end)
        at = self._rounds.ahead(end)
        if at is not None:
            self._open(at, at)
        return findings + self.sweep(end)

    def _open(self, at: int, now: int) -> None:
        self._ward.hours.fold()
        self._ward.hours.closed = max(self._ward.hours.closed, at // HOUR)
        news = self._news(at, self._rounds.after(at))
        watched = self._rows_of(np.arange(self._size)) != UNWATCHED
        news = replace(news, newest=np.where(watched, news.newest, 0))
        self._rounds.open(at, now, news, self._holds() & watched)

    def _holds(self) -> Bools:
        holds: Bools = np.logical_or.reduce([known.level[: self._size] > 0 for known in self._known])
        return holds

    def _since(self, things: Index, at: int) -> Ints:
        """The earliest onset of what holds, else ``at``."""
        onsets = [np.where(known.level[things] > 0, known.onset[things], at) for known in self._known]
        earliest: Ints = np.minimum.reduce([np.full(len(things), at, np.int64), *onsets])
        return earliest

    def _changes(self, at: int, things: Index, every: Sequence[Marks]) -> list[Told]:
        told: list[Told] = []
        places = np.arange(len(things))
        for rule, said in enumerate(every):
            marks = self._recalled.fresh(rule, said, things, at)
            edges = self._known[rule].apply(things, places, places, marks)
            found = zip(edges.sample.tolist(), edges.after.tolist(), edges.onset.tolist(), strict=True)
            told += [Told(rule, place, int(things[place]), level, onset) for place, level, onset in found]
        return told

    def _finding(self, told: Told, at: int, evidence: dict[str, Any]) -> Finding:
        key = self._key(told.rule, told.thing)
        return Finding(key, Kind.PHYSIOLOGICAL, Severity(told.level), at, told.onset, evidence)

    def _drop(self, thing: int, now: int) -> list[Finding]:
        findings = []
        for rule, known in enumerate(self._known):
            if known.level[thing]:
                told = Told(rule, 0, thing, 0, int(known.onset[thing]))
                findings.append(self._finding(told, now, {"because": "no longer watched"}))
                known.level[thing] = 0
        return findings


def newest_fresh(rows: HourRows, tracks: Index, first: int, last: int) -> Ints:
    """The newest hour in ``first`` to ``last`` in which each track had a fresh reading; 0 where there is none."""
    found = np.zeros(len(tracks), np.int64)
    places = np.flatnonzero(rows.newest[tracks] >= first)
    back = np.ones(len(places), np.int64)
    while len(places):
        hour, fresh = rows.nth_newest(tracks[places], back)
        hit = fresh & (hour <= last) & (hour >= first)
        found[places[hit]] = hour[hit]
        on = ~hit & (hour >= first) & (back < rows.filled[tracks[places]])
        places, back = places[on], back[on] + 1
    return found
