"""Percentile intervals by resampling patients: a patient's hours and alerts go together, never apart."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from monitor.evaluation.spans import Floats, Ints

TIMES: Final = 1000
_LOT: Final = 4_000_000
_LEVELS: Final = (2.5, 97.5)


class Figure(NamedTuple):
    """A measured value with its 95 % interval; NaN where nothing was there to measure; of one patient no interval."""

    value: float
    low: float
    high: float

    def json(self) -> list[float | None]:
        """Value, low, high; null for NaN."""
        return [None if np.isnan(x) else round(float(x), 6) for x in self]


class Bootstrap:
    """Draws of patients with replacement (Efron, 1979), the same ones for every figure: so figures can be compared.

    ``draws`` counts [times, patients] how often each was drawn.

    >>> Bootstrap(2, np.random.default_rng(1), times=3).ratio(np.array([1.0, 1.0]), np.array([2.0, 2.0]))
    Figure(value=0.5, low=0.5, high=0.5)
    """

    def __init__(self, patients: int, rng: np.random.Generator, *, times: int = TIMES) -> None:
        self._alone = patients < 2
        self._draws = np.concatenate(list(_drawn(patients, times, rng))) if patients else np.zeros((times, 0), np.uint8)

    def ratio(self, over: Floats, under: Floats) -> Figure:
        """The Figure of ``sum(over) / sum(under)``, both [patients]."""
        both = np.stack([over, under], axis=1).astype(np.float32)
        sums = self._draws @ both
        return self._figure(_divided(*np.sum((over, under), axis=1)), _divided(sums[:, 0], sums[:, 1]))

    def quantile(self, who: Ints, values: Floats, share: float = 0.5) -> Figure:
        """The Figure of a quantile of ``values`` [n], each of patient ``who`` [n]."""
        if not len(values):
            return Figure(np.nan, np.nan, np.nan)
        order = np.argsort(values, kind="stable")
        weight = np.cumsum(self._draws[:, who[order]].astype(np.int64), axis=1)
        at = np.argmax(weight >= np.maximum(weight[:, -1:] * share, 0.5), axis=1)
        found = np.where(weight[:, -1] > 0, values[order][at], np.nan)
        return self._figure(float(np.quantile(values, share)), found)

    def _figure(self, value: Any, drawn: Any) -> Figure:
        if np.isnan(value) or self._alone or np.isnan(drawn).all():
            return Figure(float(value), np.nan, np.nan)
        low, high = np.nanpercentile(drawn, _LEVELS)
        return Figure(float(value), float(low), float(high))


def _drawn(patients: int, times: int, rng: np.random.Generator) -> Iterator[Any]:
    """Lots of draws as float32: few enough at once to fit into memory, and ready to be multiplied."""
    for first in range(0, times, max(1, _LOT // patients)):
        n = min(max(1, _LOT // patients), times - first)
        chosen = rng.integers(0, patients, (n, patients)) + np.arange(n)[:, None] * patients
        yield np.bincount(chosen.ravel(), minlength=n * patients).reshape(n, patients).astype(np.float32)


def _divided(over: Any, under: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under > 0, over / under, np.nan)
