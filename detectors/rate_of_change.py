"""Rate of change: a value that has moved quickly, stays where it has moved to, and is not comfortable there."""

from dataclasses import dataclass as plain
from typing import Any, ClassVar, Final

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from detectors.base import HIGHEST, Bools, Marks, Windows
from detectors.change import Change
from detectors.parts import Thinned
from detectors.series_watch import SeriesWatch
from detectors.ward import Ward
from vitals.finding import Severity
from vitals.plan import CarePlan
from vitals.times import HOUR, MINUTE, Duration

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)
_SIDES: Final = ("rise", "fall")
_NEVER: Final = np.inf


@plain(frozen=True, slots=True)
class Watched:
    """How one signal is watched: whether a rise or a fall counts, and beyond what; the rest in ms.

    ``before`` is the older part and ``hold`` the newer one (``None``: the detector's ``exertion``, which exercise
    must not fill); ``apart``: the newer part's readings span at least this; ``memory``: a level kept for so long is
    no change any more; ``settle``: back in comfort for so long ends it; ``paced``: the change is a minute's.
    """

    rise_above: float = _NEVER
    fall_below: float = -_NEVER
    before: int = 15 * MINUTE
    rise_hold: int | None = None
    fall_hold: int = 10 * MINUTE
    apart: int = 5 * MINUTE
    memory: int = 2 * HOUR
    settle: int = 10 * MINUTE
    paced: bool = False


WATCHED: Final = {
    "heart_rate": Watched(rise_above=95, fall_below=55),
    "spo2": Watched(fall_below=94),
    "respiration_rate": Watched(rise_above=20),
    "temperature": Watched(rise_above=37.8, before=3 * HOUR, rise_hold=30 * MINUTE, apart=MINUTE, memory=4 * HOUR),
    "systolic_bp": Watched(
        fall_below=110, before=4 * HOUR, fall_hold=30 * MINUTE, apart=MINUTE, memory=6 * HOUR, settle=0
    ),
    "glucose": Watched(fall_below=130, before=10 * MINUTE, apart=4 * MINUTE, memory=20 * MINUTE, paced=True),
}
"""Beyond which a value is not comfortable: one point or more of NEWS2 (Royal College of Physicians, 2017) or nearly so;
37.8 °C a single oral fever of older adults (IDSA: High et al., Clin Infect Dis 2009); 130 mg/dL falling by 3 a minute
is below 70 within 20 minutes."""


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
    baseline is fever: High et al. 2009); glucose 3 mg/dL a minute, MEDIUM at once (two arrows down of a sensor: Aleppo et
    al., J Endocr Soc 2017). Their combination with windows and comfort is ours.

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
        """Marks of rate_of_change.rise and .fall; parts are made for the samples beyond comfort only."""
        thinned = Thinned(windows)
        return tuple(_marks(windows, thinned, side) for side in _SIDES)

    def evidence(self, windows: Windows, rule: int, sample: int, level: int, onset: int) -> dict[str, Any]:
        side = _SIDES[rule]
        found: dict[str, Any] = {"value": float(windows.value[sample]), "since": onset}
        change = Change.of(windows, Thinned(windows), np.array([sample]), side)
        if level == 0:
            return found | {"because": "comfortable" if not _beyond(windows, side)[sample] else "no change any more"}
        limit = float(change.limit[0]) * (float(windows.plan["medium"][windows.segment[sample]]) if level > _LOW else 1)
        return found | {
            "before": float(change.before[0]),
            "now": float(change.now[0]),
            "change": float(change.now[0] - change.before[0]),
            "limit": round(limit, 3),
            "held": (int(windows.time[sample]) - onset) / 1_000,
            "readings": int(change.newer.count[0]),
        }


def _marks(windows: Windows, thinned: Thinned, side: str) -> Marks:
    beyond = _beyond(windows, side)
    floor = np.zeros(len(beyond), np.int8)
    ceiling = np.where(_settled(windows, beyond), 0, HIGHEST).astype(np.int8)
    onset = windows.time.copy()
    rows = np.flatnonzero(beyond & windows.new)
    if len(rows):
        change = Change.of(windows, thinned, rows, side)
        moved, far = change.reaches(1.0), change.reaches(windows.each("medium")[rows])
        floor[rows] = np.where(far, _MEDIUM, np.where(moved, _LOW, 0))
        ceiling[rows] = np.where(change.over & ~moved, 0, HIGHEST)
        onset[rows] = np.where(moved, change.onset(windows.time), windows.time[rows])
    return Marks(floor, ceiling, onset)


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
