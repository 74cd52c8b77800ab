"""Two weeks and a half of one patient at home that move every detector, as columns; and banks that hear them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detectors.base import Detector
from detectors.scan import Bank
from tests.detectors.kit import ARTEFACT, T0, Past
from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.batch import Batch
from vitals.finding import Finding
from vitals.intake import EventType, Intake, PatientEvent
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE

DAYS, ILL = 16, 9 * HOUR
END = T0 + DAYS * DAY + ILL
SWEEPS = (*range(T0, END, DAY), *range(END - 3 * HOUR, END + 4 * HOUR, HOUR))
PLAN = CarePlan(ordered=(Ordered(signal="spo2", every=HOUR),))


@dataclass(frozen=True)
class Story:
    """Rows sorted by time: ``who`` is (patient, device, signal) by number."""

    who: tuple[tuple[str, str, str], ...]
    number: Any
    time: Any
    value: Any
    quality: Any
    events: tuple[PatientEvent, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    def batch(self, series: SeriesTable, rows: Any) -> Batch:
        codes = np.array([series.code(p, d, BY_NAME[s].code) for p, d, s in self.who])
        time = self.time[rows]
        return Batch.of(codes[self.number[rows]], time, self.value[rows], time, self.quality[rows])

    def take(self, rows: Any) -> "Story":
        columns = (column[rows] for column in (self.number, self.time, self.value, self.quality))
        return replace(self, **dict(zip(("number", "time", "value", "quality"), columns, strict=True)))

    def of(self, patient: str, later: int = 0) -> "Story":
        """The same of another patient, at another time."""
        who = tuple((patient, d, s) for _, d, s in self.who)
        events = tuple(replace(e, patient=patient, time=e.time + later, received=e.time + later) for e in self.events)
        return replace(self, who=who, time=self.time + later, events=events)


def together(*stories: Story) -> Story:
    """Stories as they are heard at once."""
    ends = np.cumsum([0, *(len(s.who) for s in stories)])
    number = np.concatenate([s.number + end for s, end in zip(stories, ends[:-1], strict=True)])
    time, value, quality = (np.concatenate([getattr(s, c) for s in stories]) for c in ("time", "value", "quality"))
    whole = Story(sum((s.who for s in stories), ()), number, time, value, quality, sum((s.events for s in stories), ()))
    return whole.take(np.argsort(time, kind="stable"))


def told(*, start: int = T0, seed: int = 4) -> Story:
    """The story, beginning at ``start`` (ms; a midnight where the patient lives)."""
    rng = np.random.default_rng(seed)
    parts: list[tuple[tuple[str, str, str], Any, Any]] = []

    def measured(signal: str, every: int, value: Callable[[Any], Any], noise: float, device: str = "hub") -> None:
        time = start + np.arange(every, END - T0, every)
        shown = np.round(value((time - start) / DAY) + rng.normal(0, noise, len(time)), 1)
        parts.append((("p1", device, signal), time, np.clip(shown, BY_NAME[signal].low, BY_NAME[signal].high)))

    measured("heart_rate", 10 * MINUTE, lambda d: 70 + 5 * np.sin(2 * np.pi * d) + 14 * _late(d) + 45 * _ill(d), 2)
    measured("spo2", 6 * MINUTE, lambda d: 96.5 - 8.5 * _last_night(d) - 12 * _ill(d), 0.6)
    measured("respiration_rate", 10 * MINUTE, lambda d: 15 + 4 * _late(d) + 14 * _ill(d), 1)
    measured("temperature", 30 * MINUTE, lambda d: 36.7 + 0.6 * _late(d) + 1.8 * _ill(d), 0.1)
    measured("systolic_bp", 8 * HOUR, lambda d: 130 - 12 * _late(d), 3)
    measured("glucose", 15 * MINUTE, lambda d: 120 - 60 * ((d % 1 > 0.1) & (d % 1 < 0.17)), 4)
    measured("weight", DAY, lambda d: 80 + 0.9 * np.maximum(d - 12, 0), 0.1)
    worn = np.arange(1, 360)
    off = np.where(worn > 120, 0.0, 96.0 + worn % 2)
    parts.append((("p1", "clip", "spo2"), start + 11 * DAY + 9 * HOUR + worn * MINUTE, off))
    number = np.repeat(np.arange(len(parts)), [len(time) for _, time, _ in parts])
    time, value = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    pressed = PatientEvent("p1", "button", start + 10 * DAY, start + 10 * DAY, EventType.SOS, {}, False)
    whole = Story(
        tuple(p[0] for p in parts), number, time, value, np.where(value == 0, ARTEFACT, 0).astype(np.uint8), (pressed,)
    )
    return whole.take(np.argsort(time, kind="stable"))


def _late(days: Any) -> Any:
    """From the 14th day on slowly worse."""
    return np.clip((days - 12) / 3, 0, 1)


def _ill(days: Any) -> Any:
    """Ill all at once in the last two hours."""
    return days > DAYS + 7 / 24


def _last_night(days: Any) -> Any:
    return (days > DAYS - 2 / 24) & (days < DAYS + 6 / 24)


def agency(*patients: str, zone: str = "UTC") -> Agency:
    clip = Device(id="clip", type=DeviceType.OXIMETER)
    people = (Patient(id=p, name="-", timezone=zone, plan=PLAN, devices=(clip,)) for p in patients or ("p1",))
    return Agency(id="a", patients=tuple(people))


class Listener:
    """A bank of one detector that hears a story, sweeping at fixed times whatever the batches."""

    def __init__(self, detector: Detector, people: Agency | None = None, series: SeriesTable | None = None) -> None:
        self.series = SeriesTable() if series is None else series
        self.people = agency() if people is None else people
        self.bank = Bank(self.series, self.people, detectors=(detector,))
        self.past = Past(self.series)
        self.found: list[Finding] = []

    def hear(
        self, story: Story, *, cuts: Iterable[int] = (), sweeps: Sequence[int] = SWEEPS, order: Any = None
    ) -> list[Finding]:
        """Batches end at every sweep and event, and at ``cuts`` (row numbers); ``order`` shuffles each."""
        moments = sorted({*sweeps, *(event.time for event in story.events)})
        edges = np.searchsorted(story.time, moments, side="right").tolist()
        whole = {c for c in cuts if 0 < c < len(story) and story.time[c] != story.time[c - 1]}  # no message is torn
        ends = sorted({0, len(story), *edges, *whole})
        waiting = list(zip(edges, moments, strict=True))
        self._moments(story, waiting, 0, sweeps)
        for first, last in zip(ends, ends[1:], strict=False):
            rows = np.arange(first, last)
            self._batch(story, rows if order is None else order(rows))
            self._moments(story, waiting, last, sweeps)
        return self.found

    def _batch(self, story: Story, rows: Any) -> None:
        now = int(story.time[rows].max())
        intake = self.bank.assess(Intake(story.batch(self.series, rows)), now)
        self.past.append(intake.batch)
        self.found += self.bank.scan(intake, now)

    def _moments(self, story: Story, waiting: list[tuple[int, int]], heard: int, sweeps: Sequence[int]) -> None:
        while waiting and waiting[0][0] <= heard:
            _, now = waiting.pop(0)
            events = tuple(event for event in story.events if event.time == now)
            if events:
                self.found += self.bank.scan(Intake(Batch.empty(), events=events), now)
            if now in sweeps:
                self.sweep(now)

    def sweep(self, now: int) -> None:
        self.found += self.bank.sweep(now)
        while self.bank.busy:
            self.found += self.bank.sweep(now)
