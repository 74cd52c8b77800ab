"""Rate of change: a value that has moved quickly, stays where it has moved to, and is not comfortable there."""

from typing import Any, ClassVar

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.change import Change, might, over
from detectors.change_signals import WATCHED
from detectors.columns import Bools, Ints
from detectors.masks import any_of
from detectors.parts import only
from detectors.quiet import quiet
from detectors.series_watch import SeriesWatch
from detectors.sided import SIDES, SidedMarks, holding
from detectors.told import Changes
from detectors.ward import Ward
from detectors.ways import Asked, Ways
from detectors.windows import HIGHEST, Marks, Windows
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE, SECOND, Duration

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class RateOfChange:
    """LOW where a signal has moved by its change, MEDIUM by ``medium`` times that, and has stayed there.

    Of each minute before the newest reading's own only the newest reading counts, so that a reading a second says no
    more than one a minute. The earlier level is the median of the older part of the window. At least three quarters of
    the newer part's readings, the newest among them, differ from it by the change; and the newest lies beyond the
    signal's comfort.
    A steady drift counts when it makes the change within half the older part and a quarter of the newer: heart rate
    17, SpO2 10 minutes. Exercise that ends within three quarters of ``exertion`` fills no newer part.

    What is LOW becomes MEDIUM when it has moved so far; back to LOW it never goes. It is over when the value is
    comfortable again (for 10 minutes, and twice in a row; a cuff's at once), or, beyond comfort, no longer differs by
    half the change from what it was ``memory`` ago (2 to 6 h by signal): it went back, or the new level has become the
    usual one (limits and scores go on judging that). Glucose: when it falls no faster than half its rate.

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

    def scan(self, windows: Windows) -> Marks:
        """Marks of rate_of_change.rise and .fall; most windows are done with as soon as their newest are."""
        ways, marks = Ways.of(windows), SidedMarks(windows)
        opened = holding(windows) & ways.watched
        asked = _beyond(ways, opened)
        if len(asked.rows):
            asked = asked.only(opened.take(asked.place) | ways.from_first(asked, might(ways, asked)))
        if len(asked.rows):
            opened |= _moved(ways, asked, opened, marks)
        _settle(windows, opened, marks)
        return marks.marks()

    def quiet(self, windows: Windows) -> Ints:
        """The sooner of both sides."""
        return quiet(Ways.of(windows))

    def evidence(self, windows: Windows, changes: Changes) -> list[dict[str, Any]]:
        ways, opened = Ways.of(windows), changes.after > 0
        asked = ways.ask(changes.sample, changes.rule)
        beyond = windows.value[changes.sample] * ways.signs(asked) > ways.bound.take(asked.place)
        times = np.where(changes.after > _LOW, ways.plan(asked, "medium"), 1.0)[opened]
        moves = Change.of(ways, asked.only(opened)).evidence(times) if any_of(opened) else iter(())
        found: list[dict[str, Any]] = []
        columns = windows.value[changes.sample], asked.time, changes.after, changes.onset, beyond
        for value, time, level, onset, far in zip(*(column.tolist() for column in columns), strict=True):
            seen = {"value": value, "since": onset}
            if level:
                found.append(seen | next(moves) | {"held": (time - onset) / SECOND})
            else:
                found.append(seen | {"because": "no change any more" if far else "comfortable"})
        return found


def _beyond(ways: Ways, holds: Bools) -> Asked:
    """New readings beyond comfort, where something holds or one of them lies a change from the furthest one."""
    rows = ways.windows.fresh
    segment, value = ways.windows.segment[rows], ways.windows.value[rows]
    signed = np.array((value, -value))
    beyond = signed > ways.bound[:, segment]
    far = (beyond & (signed >= ways.least[:, segment])).nonzero()
    kept = holds.copy()
    kept[far[0], segment[far[1]]] = True
    side, at = (beyond & kept[:, segment]).nonzero()
    return ways.ask(rows[at], side)


def _moved(ways: Ways, asked: Asked, holds: Bools, marks: SidedMarks) -> Bools:
    """[2, m] Where something has opened; what has, and what is over, is put into the marks."""
    change = Change.of(ways, asked)
    moved = change.reaches(1.0)
    floor, onset, ceiling = moved * _LOW, asked.time, np.full(len(moved), HIGHEST)
    opened = np.zeros(holds.shape, bool)
    if any_of(moved):
        opened[asked.side[moved], asked.segment[moved]] = True
        floor[change.reaches(ways.plan(asked, "medium"))] = _MEDIUM
        onset = np.where(moved, change.onset(ways.windows.time), onset)
    left = (holds.take(asked.place) | ways.from_first(asked, moved)) & ~moved
    if any_of(left):
        ceiling[left] = np.where(over(ways, asked.only(left)), 0, HIGHEST)
    marks.put(asked.side, asked.rows, floor, ceiling, onset)
    return opened


def _settle(windows: Windows, opened: Bools, marks: SidedMarks) -> None:
    """What is open ends where a value has settled."""
    for side in range(SIDES):
        if any_of(opened[side]):
            some, samples = only(windows, opened[side])
            marks.ceiling[side, samples[some.fresh[_settled(some, side)]]] = 0


def _settled(windows: Windows, side: int) -> Bools:
    """New samples that have been comfortable for ``settle``, and at least twice in a row; one given once at once."""
    rows, begins = windows.fresh, windows.starts[windows.segment[windows.fresh]]
    beyond = windows.value < windows.each("fall_below") if side else windows.value > windows.each("rise_above")
    last = np.maximum.accumulate(np.where(beyond, np.arange(len(beyond)), -1))[rows]
    seen = last >= begins
    stays = np.where(seen, rows - last - 1, rows - begins)
    settle = windows.plan["settle"][windows.segment[rows]]
    enough = ~seen | (windows.time[rows] - windows.time[last] >= settle)
    settled: Bools = ~beyond[rows] & enough & ((stays >= 1) | (settle == 0))
    return settled
