"""Rate of change by the words of its docstring and of docs/detectors.md, one reading after the other."""

from statistics import median
from typing import NamedTuple

from vitals.times import MINUTE

Point = tuple[int, float]
Told = tuple[str, int, int, int]
"""rise or fall, severity, time, onset."""


class Rule(NamedTuple):
    """Of one signal, one way: the change, comfort, and in minutes how long each part is."""

    sign: int
    change: float
    comfort: float
    before: int
    hold: int
    apart: int
    memory: int
    settle: int
    paced: bool = False


RULES = {
    "heart_rate": (Rule(1, 30, 95, 15, 40, 5, 120, 10), Rule(-1, 30, 55, 15, 10, 5, 120, 10)),
    "spo2": (Rule(-1, 4, 94, 15, 10, 5, 120, 10),),
    "respiration_rate": (Rule(1, 8, 20, 15, 40, 5, 120, 10),),
    "temperature": (Rule(1, 1.5, 37.8, 180, 30, 1, 240, 10),),
    "systolic_bp": (Rule(-1, 30, 105, 240, 30, 1, 360, 0),),
    "glucose": (Rule(-1, 3, 130, 10, 10, 4, 20, 10, paced=True),),
}


def slow_changes(signal: str, points: list[Point]) -> list[Told]:
    """What is told of these readings, in the order of time."""
    return [told for rule in RULES[signal] for told in _one_way(rule, points)]


def _one_way(rule: Rule, points: list[Point]) -> list[Told]:
    found, level, onset = list[Told](), 0, 0
    for i, (time, _) in enumerate(points):
        reached, began = _reached(rule, points, i)
        now = max(level, reached)
        if level and not reached and (_settled(rule, points, i) or _usual(rule, points, i)):
            now = 0
        onset = began if now and not level else onset
        if now != level:
            found.append(("rise" if rule.sign > 0 else "fall", now, time, onset))
        level = now
    return found


def _beyond(rule: Rule, value: float) -> bool:
    return value > rule.comfort if rule.sign > 0 else value < rule.comfort


def _seen(points: list[Point], i: int, since: int) -> list[Point]:
    """The newest reading of each earlier minute after ``since``, and the reading itself."""
    newest = {}
    for time, value in points[:i]:
        if since < time and time // MINUTE < points[i][0] // MINUTE:
            newest[time // MINUTE] = (time, value)
    return [*newest.values(), points[i]]


def _reached(rule: Rule, points: list[Point], i: int) -> tuple[int, int]:
    time, value = points[i]
    if not _beyond(rule, value):
        return 0, 0
    held = time - rule.hold * MINUTE
    seen = _seen(points, i, held - rule.before * MINUTE)
    older, newer = [p for p in seen if p[0] <= held], [p for p in seen if p[0] > held]
    if len(older) < 2 or len(newer) < 2 or newer[-1][0] - newer[0][0] < rule.apart * MINUTE:
        return 0, 0
    before, middle = median(v for _, v in older), (older[0][0] + older[-1][0]) / 2
    moved = [rule.sign * (v - before) / _limit(rule, t - middle) for t, v in newer]
    level = 0
    for times, severity in ((1.0, 1), (1.0 if rule.paced else 1.5, 2)):
        if moved[-1] >= times and sum(m >= times for m in moved) >= 0.75 * len(moved):
            level = severity
    return level, next((t for (t, _), m in zip(newer, moved, strict=True) if m >= 1), 0)


def _limit(rule: Rule, apart: float) -> float:
    return rule.change * max(apart / MINUTE, 1.0) if rule.paced else rule.change


def _settled(rule: Rule, points: list[Point], i: int) -> bool:
    """Comfortable for long enough, and at least twice in a row."""
    if _beyond(rule, points[i][1]):
        return False
    if not rule.settle:
        return True
    last = max((t for t, v in points[:i] if _beyond(rule, v)), default=0)
    return points[i][0] - last >= rule.settle * MINUTE and not _beyond(rule, points[i - 1][1])


def _usual(rule: Rule, points: list[Point], i: int) -> bool:
    """The level is what it was when memory began; of a comfortable value that is no question."""
    time, value = points[i]
    if not _beyond(rule, value):
        return False
    held = time - rule.hold * MINUTE
    seen = _seen(points, i, time - rule.memory * MINUTE)
    until = min(seen[0][0] + rule.before * MINUTE, held)
    older, newer = [p for p in seen if p[0] <= until], [p for p in seen if p[0] > held]
    if len(older) < 2 or len(newer) < 2 or newer[-1][0] - newer[0][0] < rule.apart * MINUTE:
        return False
    apart = (newer[0][0] + newer[-1][0] - older[0][0] - older[-1][0]) / 2
    change = rule.sign * (median(v for _, v in newer) - median(v for _, v in older))
    return change < _limit(rule, apart) / 2
