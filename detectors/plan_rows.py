"""Care plans as numbers: patients whose plans say the same share one, and so do the rows that detectors make of it."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from detectors.columns import Floats, Index
from vitals.plan import CarePlan

UNWATCHED: Final = 0
"""The row of what is not watched."""
_UNKNOWN: Final = -1


class Plans:
    """A number for each distinct plan, by patient code. Plans with limits or parameters of their own are not compared.

    >>> plans = Plans()
    >>> plans.grow(3, lambda code: CarePlan(on_oxygen=code == 1))
    >>> plans.of.tolist(), len(plans.plans)
    ([0, 1, 0], 2)
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget them all: they have changed."""
        self.plans: list[CarePlan] = []
        self.of: Index = np.zeros(0, np.int32)
        self._numbers: dict[object, int] = {}

    def grow(self, patients: int, plan: Callable[[int], CarePlan]) -> None:
        """Look up the plans of patients that are new."""
        known = len(self.of)
        if patients > known:
            self.of = np.append(self.of, [self._number(plan(code)) for code in range(known, patients)]).astype(np.int32)

    def _number(self, plan: CarePlan) -> int:
        own = plan.limits or plan.parameters
        key: object = len(self.plans) if own else (plan.news2_scale, plan.on_oxygen, plan.ordered)
        if key not in self._numbers:
            self._numbers[key] = len(self.plans)
            self.plans.append(plan)
        return self._numbers[key]


class PlanRows:
    """A detector's rows: ``make(plan, signal code)`` gives a row's values, None where it does not watch."""

    def __init__(
        self, plans: Plans, columns: tuple[str, ...], make: Callable[[CarePlan, int], tuple[float, ...] | None]
    ) -> None:
        self._plans, self._names, self._make = plans, columns, make
        self._numbers: dict[tuple[float, ...], int] = {}
        self._settings: list[tuple[float, ...]] = [(np.nan,) * len(columns)]
        self._compiled: tuple[Floats, ...] = ()
        self._table: Index = np.zeros((0, 0), np.int32)
        self._of: list[CarePlan] | None = None

    def numbers(self, patients: Index, signals: Index) -> Index:
        """The row numbers of these patients' (codes) signals (codes), UNWATCHED where there is none."""
        if self._of is not self._plans.plans:
            self._table, self._of = np.zeros((0, 0), np.int32), self._plans.plans
        plan = self._plans.of[patients]
        signals = np.asarray(signals, np.int64)
        high = max(int(signals.max(initial=0)) + 1, self._table.shape[1])
        if high > self._table.shape[1] or len(self._plans.plans) > len(self._table):
            table = np.full((len(self._plans.plans), high), _UNKNOWN, np.int32)
            table[: len(self._table), : self._table.shape[1]] = self._table
            self._table = table
        new = np.flatnonzero(self._table[plan, signals] == _UNKNOWN)
        for p, s in zip(plan[new].tolist(), signals[new].tolist(), strict=True):
            if self._table[p, s] == _UNKNOWN:
                self._table[p, s] = self._number(self._make(self._plans.plans[p], s))
        found: Index = self._table[plan, signals]
        return found

    def columns(self, rows: Index) -> Mapping[str, Floats]:
        """The columns' values, one a row number."""
        if not self._compiled or len(self._compiled[0]) < len(self._settings):
            self._compiled = tuple(np.array(column, np.float64) for column in zip(*self._settings, strict=True))
        return {name: column[rows] for name, column in zip(self._names, self._compiled, strict=True)}

    def _number(self, row: tuple[float, ...] | None) -> int:
        if row is None:
            return UNWATCHED
        if row not in self._numbers:
            self._numbers[row] = len(self._settings)
            self._settings.append(row)
        return self._numbers[row]
