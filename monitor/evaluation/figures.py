"""Figures on their way out: to JSON, to people, and to tables."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np

from monitor.evaluation.bootstrap import Figure
from monitor.evaluation.spans import Floats

_FEW_DAYS: Final = 10
Draw = Callable[[Sequence[str], Iterable[Sequence[str]]], str]
"""Makes a table of its head and rows."""


def jsonable(row: Any) -> dict[str, Any]:
    """A row as JSON values: Figures as [value, low, high], NaN as null."""
    found: dict[str, Any] = {}
    for name in row.__slots__:
        value = getattr(row, name)
        if isinstance(value, Figure):
            found[name] = value.json()
        elif isinstance(value, tuple):
            found[name] = [None if np.isnan(x) else round(float(x), 3) for x in value]
        else:
            found[name] = value
    return found


def quartiles(values: Floats) -> tuple[float, float]:
    """First and third quartile, NaN of nothing."""
    if not len(values):
        return np.nan, np.nan
    low, high = np.quantile(values, (0.25, 0.75))
    return float(low), float(high)


def percent(figure: Figure) -> str:
    """A share for people.

    >>> percent(Figure(0.613, 0.538, 0.682))
    '61 % (54–68)'
    """
    return _shown(figure, 100, 0, " %")


def number(figure: Figure, decimals: int = 2, unit: str = "") -> str:
    """A number for people, with its interval.

    >>> number(Figure(1.05, 1.0, 1.11)), number(Figure(float("nan"), 0, 0))
    ('1.05 (1.00–1.11)', '–')
    """
    return _shown(figure, 1, decimals, unit)


def _shown(figure: Figure, factor: float, decimals: int, unit: str) -> str:
    if np.isnan(figure.value):
        return "–"
    value, low, high = (f"{x * factor:.{decimals}f}" for x in figure)
    return f"{value}{unit}" if np.isnan(figure.low) else f"{value}{unit} ({low}–{high})"


def between(quartiles_: tuple[float, float], decimals: int = 0) -> str:
    """Quartiles for people.

    >>> between((4.0, 12.0))
    '4–12'
    """
    return "–" if np.isnan(quartiles_[0]) else "–".join(f"{x:.{decimals}f}" for x in quartiles_)


def patient_days(days: float) -> str:
    """How long everybody was observed, for people.

    >>> patient_days(4528.3), patient_days(1.375), patient_days(1)
    ('4,528 patient-days', '1.4 patient-days', '1 patient-day')
    """
    shown = f"{days:,.0f}" if days >= _FEW_DAYS else f"{days:.2g}"
    return f"{shown} patient-day{'s' * (shown != '1')}"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown.

    >>> print(markdown(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    first, rule, *rest = ("| " + " | ".join(line) + " |" for line in lines)
    return "\n".join([first, rule.replace(" ", ""), *rest])
