"""Slow detectors as small as can be."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from detectors.panel_watch import PanelWatch
from detectors.slow import Panels, Tracks
from detectors.track_watch import TrackWatch
from detectors.ward import Ward
from detectors.windows import HOLD, Marks
from tests.detectors.kit import Past, Row, World, live
from vitals.finding import Finding
from vitals.plan import CarePlan
from vitals.series import SeriesTable
from vitals.times import HOUR


@dataclass(frozen=True)
class Warm:
    """LOW while the newest hour's mean heart rate is above the mean of the others by ``more``; clear when it is not."""

    name: ClassVar[str] = "warm"
    rules: ClassVar[tuple[str, ...]] = ("warm",)
    columns: ClassVar[tuple[str, ...]] = ("more",)
    every: int = HOUR
    more: float = 10.0
    seen: ClassVar[list[Tracks]] = []

    def watch(self, ward: Ward) -> TrackWatch:
        return TrackWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:
        return (self.more,) if signal in {"heart_rate", "spo2"} and not plan.on_oxygen else None

    def scan(self, tracks: Tracks) -> tuple[Marks, ...]:
        self.seen.append(tracks)
        count = (tracks.count[:, :-1] > 0).sum(axis=1)
        usual = np.nansum(tracks.mean[:, :-1], axis=1) / np.maximum(count, 1)
        high = tracks.mean[:, -1] > usual + tracks.plan["more"]
        level = np.where(count >= 3, high.astype(int), HOLD)
        return (Marks.of(level, tracks.hour[:, -1] * HOUR),)

    def evidence(self, tracks: Tracks, rule: int, track: int, level: int, onset: int) -> dict[str, Any]:
        return {"mean": round(float(tracks.mean[track, -1]), 4), "hours": int((tracks.count[track] > 0).sum())}


@dataclass(frozen=True)
class Both:
    """MEDIUM while pulse and breathing of the newest hour are both high."""

    name: ClassVar[str] = "both"
    rules: ClassVar[tuple[str, ...]] = ("both",)
    columns: ClassVar[tuple[str, ...]] = ("heart", "breath")
    signals: ClassVar[tuple[str, ...]] = ("heart_rate", "respiration_rate")
    every: int = HOUR
    hours: int = 6
    heart: float = 100
    breath: float = 20
    seen: ClassVar[list[Panels]] = []

    def watch(self, ward: Ward) -> PanelWatch:
        return PanelWatch(self, ward)

    def row(self, plan: CarePlan) -> tuple[float, ...] | None:
        return None if plan.on_oxygen else (self.heart, self.breath)

    def scan(self, panels: Panels) -> tuple[Marks, ...]:
        self.seen.append(panels)
        heart, breath = panels.mean[:, 0, -1], panels.mean[:, 1, -1]
        high = (heart > panels.plan["heart"]) & (breath > panels.plan["breath"])
        level = np.where(np.isnan(heart) | np.isnan(breath), HOLD, np.where(high, 2, 0))
        return (Marks.of(level, np.full(len(level), panels.at)),)

    def evidence(self, panels: Panels, rule: int, row: int, level: int, onset: int) -> dict[str, Any]:
        return {"heart": float(panels.mean[row, 0, -1]), "known": int(panels.known[row])}


class Home:
    """A world that keeps what it is fed, and may lose its bank."""

    def __init__(self, people: Any = None, **bank: Any) -> None:
        self.series, self.people, self.options = SeriesTable(), people, bank
        self.past, self.found = Past(self.series), list[Finding]()
        self.world = World(people, self.series, **bank)

    def feed(self, rows: list[Row], now: int | None = None) -> None:
        self.past.append(self.world.batch(rows))
        self.found += self.world.feed(rows, now)

    def sweep(self, now: int) -> list[Finding]:
        found = self.world.bank.sweep(now, whole=True)
        self.found += found
        return found

    def restart(self, now: int) -> None:
        """The bank is lost; the store and what was told are not."""
        self.world = World(self.people, self.series, **self.options)
        self.world.bank.warm(self.past, live(self.found), now)
