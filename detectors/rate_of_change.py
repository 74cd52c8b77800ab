"""Rate of change: a value that has moved quickly, stays where it has moved to, and is not comfortable there."""

from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.base import HIGHEST, Bools, Index, Ints, Marks, Windows
from detectors.change import Change, might, over
from detectors.change_signals import WATCHED
from detectors.parts import Thinned, alone, only
from detectors.quiet import furthest, quiet
from detectors.series_watch import SeriesWatch
from detectors.ward import Ward
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE, Duration

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)
_SIDES: Final = ("rise", "fall")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class RateOfChange:
    """LOW where a signal has moved by its change, MEDIUM by ``medium`` times that, and has stayed there.

    The earlier level is the median of the older part of the window. At least three quarters of the newer part's
    readings, the newest among them, differ from it by the change; and the newest lies beyond the signal's comfort.
    A steady drift counts when it makes the change within half the older part and a quarter of the newer: heart rate
    17, SpO2 10 minutes. Exercise that ends within three quarters of ``exertion`` fills no newer part.

    It is over when the value is comfortable again (for 10 minutes; a cuff's at once), or no longer differs by half the
    change from what it was ``memory`` ago (2 to 6 h by signal): it went back, or the new level has become the usual one
    (limits and scores go on judging that). Glucose: when it falls no faster than half its rate.

    Changes: heart rate 30/min (the postural tachycardia consensus, Sheldon et al., Heart Rhythm 2015, here while at
    rest); SpO2 4 % (a drop of 3 % or more asks for assessment: BTS, O'Driscoll et al., Thorax 2017; plus what an
    oximeter errs); respiration 8/min (two bands of NEWS2; Cretikos et al., Med J Aust 2008); systolic 30 mmHg, MEDIUM
    from 45 (40 below the usual is hypotension of sepsis: Levy et al., Crit Care Med 2003); temperature 1.5 °C (1.1 over
    baseline is fever: High et al. 2009); glucose 3 mg/dL a minute, MEDIUM at once (two arrows down of a sensor: Aleppo
    et al., J Endocr Soc 2017). Their combination with windows and comfort is ours.

    >>> RateOfChange(spo2=5).row(CarePlan(), "spo2")[3:5]
    (5.0, 94)
    """

    name: ClassVar[str] = "rate_of_change"
    rules: ClassVar[tuple[str, ...]] = ("rate_of_change.rise", "rate_of_change.fall")
    columns: ClassVar[tuple[str, ...]] = (
        "rise", "rise_above", "rise_hold", "fall", "fall_below", "fall_hold", "before", "apart", "memory", "settle",
        "paced", "medium",
    )  # fmt: skip

    heart_rate: float = Field(default=30, gt=0)
    spo2: float = Field(default=4, gt=0)
    respiration_rate: float = Field(default=8, gt=0)
    temperature: float = Field(default=1.5, gt=0)
    systolic_bp: float = Field(default=30, gt=0)
    glucose: float = Field(default=3, gt=0)
    medium: float = Field(default=1.5, ge=1)
    exertion: Duration = Field(default=40 * MINUTE, ge=10 * MINUTE, le=HOUR)

    def watch(self, ward: Ward) -> SeriesWatch:
        return SeriesWatch(self, ward)

    def row(self, plan: CarePlan, signal: str) -> tuple[float, ...] | None:  # noqa: ARG002  (limits are another's)
        watched = WATCHED.get(signal)
        if watched is None:
            return None
        change = float(getattr(self, signal))
        hold = self.exertion if watched.rise_hold is None else watched.rise_hold
        return (
            change, watched.rise_above, hold, change, watched.fall_below, watched.fall_hold, watched.before,
            watched.apart, watched.memory, watched.settle, watched.paced, 1 if watched.paced else self.medium,
        )  # fmt: skip

    def calm(self, row: tuple[float, ...]) -> tuple[float, float]:
        return row[4], row[1]

    def lookback(self, row: tuple[float, ...]) -> float:
        return row[8] + MINUTE

    def scan(self, windows: Windows) -> tuple[Marks, ...]:
        """Marks of rate_of_change.rise and .fall; most windows are done with as soon as their newest are."""
        marks = tuple(_held(windows) for _ in _SIDES)
        for side, whole in zip(_SIDES, marks, strict=True):
            kept = _moved(windows, side)
            if kept.any():
                some, samples = only(windows, kept)
                _put(whole, samples, _marks(some, Thinned(some), side))
        return marks

    def quiet(self, windows: Windows) -> Ints:
        """The sooner of both sides."""
        until = np.full(len(windows.starts), np.iinfo(np.int64).max)
        last = np.append(windows.starts[1:], len(windows.time)) - 1
        thinned = Thinned(windows)
        for side in _SIDES:
            watched = np.flatnonzero(_watched(windows, side))
            if len(watched):
                until[watched] = np.minimum(until[watched], quiet(windows, thinned, last[watched], side))
        return until

    def evidence(self, windows: Windows, rule: int, sample: int, level: int, onset: int) -> dict[str, Any]:
        windows, begins = alone(windows, int(windows.segment[sample]))
        side, sample = _SIDES[rule], sample - begins
        found: dict[str, Any] = {"value": float(windows.value[sample]), "since": onset}
        if level == 0:
            return found | {"because": "comfortable" if not _beyond(windows, side)[sample] else "no change any more"}
        change = Change.of(windows, Thinned(windows), np.array([sample]), side)
        limit = float(change.limit[0]) * (float(windows.plan["medium"][0]) if level > _LOW else 1)
        return found | {
            "before": float(change.before[0]),
            "now": float(change.now[0]),
            "change": float(change.now[0] - change.before[0]),
            "limit": round(limit, 3),
            "held": (int(windows.time[sample]) - onset) / 1_000,
            "readings": int(change.newer.count[0]),
        }


def _watched(windows: Windows, side: str) -> Bools:
    return np.isfinite(windows.plan["rise_above" if side == "rise" else "fall_below"])


def _moved(windows: Windows, side: str) -> Bools:
    """[m] Windows in which something holds, or a new reading lies beyond comfort and a change from the furthest one."""
    holds = np.ones(len(windows.starts), bool) if windows.holds is None else windows.holds
    kept: Bools = holds & _watched(windows, side)
    rows = windows.new.nonzero()[0]
    segment, sign = windows.segment[rows], 1.0 if side == "rise" else -1.0
    value = sign * windows.value[rows]
    bound = sign * windows.plan["rise_above" if side == "rise" else "fall_below"]
    far = (value > bound[segment]) & (value >= (furthest(windows, side) + windows.plan[side])[segment])
    kept[segment[far]] = True
    return kept


def _held(windows: Windows) -> Marks:
    size = len(windows.time)
    return Marks(np.zeros(size, np.int8), np.full(size, HIGHEST, np.int8), windows.time.copy())


def _put(marks: Marks, samples: Index, some: Marks) -> None:
    marks.floor[samples], marks.ceiling[samples], marks.onset[samples] = some.floor, some.ceiling, some.onset


def _marks(windows: Windows, thinned: Thinned, side: str) -> Marks:
    beyond = _beyond(windows, side)
    holds = np.ones(len(beyond), bool) if windows.holds is None else windows.holds[windows.segment]
    rows = np.flatnonzero(beyond & windows.new)
    rows = rows[holds[rows] | _from(might(windows, thinned, rows, side), windows.segment[rows])]
    marks = _held(windows)
    if not (len(rows) or holds.any()):
        return marks
    floor, onset = marks.floor, marks.onset
    ceiling = np.where(_settled(windows, beyond), 0, HIGHEST).astype(np.int8)
    if len(rows):
        change = Change.of(windows, thinned, rows, side)
        moved, far = change.reaches(1.0), change.reaches(windows.each("medium")[rows])
        floor[rows] = np.where(far, _MEDIUM, np.where(moved, _LOW, 0))
        ceiling[rows] = HIGHEST
        open_ = holds[rows] | _from(moved, windows.segment[rows])
        left = rows[open_ & ~moved]
        if len(left):
            ceiling[left] = np.where(over(windows, thinned, left, side), 0, HIGHEST)
        onset[rows] = np.where(moved, change.onset(windows.time), windows.time[rows])
    return Marks(floor, ceiling, onset)


def _from(opens: Bools, segment: Index) -> Bools:
    """From the first that opens something in its window on: what is open may end."""
    from_there: Bools = np.maximum.accumulate(np.where(opens, segment, -1)) == segment
    return from_there


def _beyond(windows: Windows, side: str) -> Bools:
    if side == "rise":
        return windows.value > windows.each("rise_above")
    return windows.value < windows.each("fall_below")


def _settled(windows: Windows, beyond: Bools) -> Bools:
    """Comfortable for ``settle``, and at least twice in a row; a value given once (settle 0) at once."""
    number = np.arange(len(beyond))
    stays = number - windows.starts[windows.segment]
    last = np.maximum.accumulate(np.where(beyond, number, -1))
    seen = last >= windows.starts[windows.segment]
    stays = np.where(seen, number - last - 1, stays)
    settle = windows.each("settle")
    enough = ~seen | (windows.time - windows.time[last] >= settle)
    settled: Bools = ~beyond & enough & ((stays >= 1) | (settle == 0))
    return settled
