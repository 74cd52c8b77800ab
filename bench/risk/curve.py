"""What alerting at a threshold would have found and cost: the state machine of the detector over whole stays."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from bench.risk.stays import Bools, Floats, Index, Stays


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """Of one threshold, by patient: ``found`` (in alert some time from HORIZON before onset to onset), alert
    ``episodes``, ``hours`` in alert and ``stayed`` hours.
    """

    threshold: float
    found: Bools
    episodes: Index
    hours: Index
    stayed: Index

    def figures(self, septic: Bools, weight: Index | None = None) -> tuple[float, float, float]:
        """Share of septic patients found, episodes per patient-day and share of hours in alert of the others."""
        weight = np.ones(len(septic), np.int64) if weight is None else weight
        ill, well = weight * septic, weight * ~septic
        stayed = float(well @ self.stayed)
        return (
            float(ill @ self.found) / float(ill.sum()),
            float(well @ self.episodes) / (stayed / 24),
            float(well @ self.hours) / stayed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """What each row [n] tells the state machine: a level ``opens`` when these points reach its threshold, and ends
    when the points ``ends`` are below the lower one. Where too few signs are fresh, neither.
    """

    opens: Floats
    ends: Floats

    @classmethod
    def of(cls, now: Floats, carried: Floats, known: Bools) -> Self:
        return cls(np.where(known, now, -np.inf), np.where(known, np.maximum(now, carried), np.inf))


def in_alert(stays: Stays, points: Points, opens: float, ends: float) -> Bools:
    """[n] whether each hour is in alert: it opens at ``opens`` and ends below ``ends``."""
    mark = np.where(points.opens >= opens, 1, np.where(points.ends < ends, 0, -1))
    first = np.append(True, stays.patient[1:] != stays.patient[:-1])
    mark[first & (mark < 0)] = 0
    source = np.maximum.accumulate(np.where(mark >= 0, np.arange(len(mark)), 0))
    alert: Bools = mark[source] == 1
    return alert


def cost(stays: Stays, points: Points, opens: float, ends: float) -> Cost:
    """Of one threshold and where it ends, in points."""
    alert = in_alert(stays, points, opens, ends)
    same = np.append(False, stays.patient[1:] == stays.patient[:-1])
    rises = alert & ~(np.append(False, alert[:-1]) & same)
    people = len(stays.names)
    count = [
        np.bincount(stays.patient, which, people).astype(np.int64) for which in (rises, alert, alert & stays.before)
    ]
    return Cost(opens, count[2] > 0, count[0], count[1], np.bincount(stays.patient, minlength=people))


def within(stays: Stays, points: Points, drop: float, *, episodes: float, hours: float) -> Cost:
    """The lowest threshold whose cost is within both budgets."""
    told = points.opens[~stays.septic[stays.patient] & np.isfinite(points.opens)]
    low, high = np.quantile(told, [0.5, 0.9999]).tolist()
    for _ in range(14):
        middle = (low + high) / 2
        _, a_day, share = cost(stays, points, middle, middle - drop).figures(stays.septic)
        fits = a_day <= episodes and share <= hours
        low, high = (low, middle) if fits else (middle, high)
    return cost(stays, points, high, high - drop)


def interval(found: Cost, septic: Bools, draws: int, seed: int) -> list[tuple[float, float]]:
    """95 % bootstrap intervals of the figures, by patient: drawn with replacement, septic and others apart."""
    rng = np.random.default_rng(seed)
    drawn = np.empty((draws, 3))
    for i in range(draws):
        weight = np.zeros(len(septic), np.int64)
        for group in (np.flatnonzero(septic), np.flatnonzero(~septic)):
            weight[group] = np.bincount(rng.integers(0, len(group), len(group)), minlength=len(group))
        drawn[i] = found.figures(septic, weight)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))
