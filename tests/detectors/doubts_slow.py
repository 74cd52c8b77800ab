"""What of a stream is no measurement, by the words of docs/detectors.md: one series, one reading after the other."""

from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from vitals.plan import DEFAULT_LIMITS
from vitals.times import HOUR, MINUTE

Point = tuple[int, float]


class Usual(NamedTuple):
    """Near enough, a step that no body makes, and how many equal ones over how long are too many."""

    floor: float
    jump: float
    same: int
    same_for: int


USUAL = {
    "heart_rate": Usual(30, 80, 60, 30 * MINUTE),
    "spo2": Usual(9, 25, 240, 4 * HOUR),
    "respiration_rate": Usual(12, 30, 90, HOUR),
    "temperature": Usual(1.0, 2.5, 240, 4 * HOUR),
    "glucose": Usual(50, 120, 24, 2 * HOUR),
}


@dataclass
class SlowGate:
    signal: str
    accepted: list[Point] = field(default_factory=list)
    seen: list[Point] = field(default_factory=list)
    """All that came in its order, but for zeros."""
    waiting: Point | None = None
    bad: dict[int, str] = field(default_factory=dict)
    """Why the reading of that time is no measurement."""

    def take(self, batch: list[Point]) -> None:
        """What arrives together; what is older than what came before is late, and what is as old came before."""
        newest = self.seen[-1][0] if self.seen else -1
        known = {time for time, _ in [*self.accepted, *self.seen]} | self.bad.keys()
        for time, value in sorted(batch):
            if time in known:
                continue
            known.add(time)
            if value == 0:
                self.bad[time] = "probe_off"
            elif time <= newest:
                self._accept((time, value))
            else:
                self._judge((time, value))

    def _accept(self, point: Point) -> None:
        self.accepted = sorted([*self.accepted, point])

    def _judge(self, now: Point) -> None:
        self.seen.append(now)
        if self._stuck():
            self.bad[now[0]] = "stuck"
            return
        doubted, self.waiting = self.waiting, None
        past = [p for p in self.accepted if p[0] < now[0]]
        if doubted is not None and past and now[0] - doubted[0] <= 30 * MINUTE:
            if abs(now[1] - doubted[1]) <= abs(now[1] - past[-1][1]):
                del self.bad[doubted[0]]
                self._accept(doubted)
            self._accept(now)
        elif self._odd(now, past):
            self.bad[now[0]], self.waiting = "noise", now
        else:
            self._accept(now)

    def _odd(self, now: Point, past: list[Point]) -> bool:
        if not past:
            return False
        usual, limits, (before, last) = USUAL[self.signal], DEFAULT_LIMITS[self.signal], past[-1]
        low, high = limits.warning_low, limits.warning_high
        if (low is not None and now[1] < last < low) or (high is not None and now[1] > last > high):
            return False
        if abs(now[1] - last) <= usual.floor:
            return False
        step = now[0] - before <= 2 * MINUTE and abs(now[1] - last) > usual.jump
        return step or self._outlies(now, past[-11:], usual.floor)

    def _outlies(self, now: Point, past: list[Point], floor: float) -> bool:
        if len(past) < 7 or now[0] - past[0][0] > 10 * MINUTE * len(past):
            return False
        middle = median(v for _, v in past)
        mad = median(abs(v - middle) for _, v in past)
        return abs(now[1] - middle) > max(floor, 5 * 1.4826 * mad)

    def _stuck(self) -> bool:
        usual, value, begin = USUAL[self.signal], self.seen[-1][1], len(self.seen) - 1
        while begin and self.seen[begin - 1][1] == value:
            begin -= 1
        run, lasted = len(self.seen) - begin, self.seen[-1][0] - self.seen[begin][0]
        before = [v for _, v in self.seen[:begin]]
        runs = sum(i == 0 or before[i - 1] != v for i, v in enumerate(before))
        if run < 2:
            return False
        if runs < 10:
            return run >= 2 * usual.same and lasted >= 2 * usual.same_for
        return run >= max(usual.same, 20 * len(before) / runs) and lasted >= usual.same_for
