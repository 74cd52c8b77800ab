"""National Early Warning Score 2: Royal College of Physicians, London, 2017; one score, or columns of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any, Final

import numpy as np

from detectors.columns import Bools, Floats, Levels
from detectors.tenths import tenth, tenths
from vitals.signals import ACVPU

COMPONENTS: Final = (
    "respiration_rate", "spo2", "systolic_bp", "heart_rate", "consciousness", "temperature",
)  # fmt: skip
"""The measured components, by signal name; the seventh is whether the patient breathes oxygen."""

_TABLE: Final[dict[str, tuple[tuple[float, int], ...]]] = {
    "respiration_rate": ((8, 3), (11, 1), (20, 0), (24, 2), (np.inf, 3)),
    "spo2": ((91, 3), (93, 2), (95, 1), (np.inf, 0)),
    "spo2 scale 2 on air": ((83, 3), (85, 2), (87, 1), (np.inf, 0)),
    "spo2 scale 2 on oxygen": ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (np.inf, 3)),
    "systolic_bp": ((90, 3), (100, 2), (110, 1), (219, 0), (np.inf, 3)),
    "heart_rate": ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (np.inf, 3)),
    "consciousness": ((0, 0), (np.inf, 3)),
    "temperature": ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (np.inf, 2)),
}
"""Upper ends of the printed bands with their points: a value between two bands falls into the next one up."""
_ON_OXYGEN: Final = 2


@dataclass(frozen=True, slots=True)
class News2:
    """A score. ``points`` by component, with ``oxygen``; ``missing`` components count nothing, so that with any
    missing the ``total`` is a lower bound and the score is not validated.
    """

    total: int
    points: dict[str, int]
    missing: tuple[str, ...]

    @property
    def band(self) -> str:
        """The clinical response band: low, low-medium (a single 3), medium (5 or 6), high (7 and more)."""
        if self.total >= 7:
            return "high"
        if self.total >= 5:
            return "medium"
        return "low-medium" if 3 in self.points.values() else "low"


def news2_score(
    components: Mapping[str, float | str | None] | None = None,
    *,
    on_oxygen: bool = False,
    scale: int = 1,
    **by_name: float | str | None,
) -> News2:
    """Score components given by signal name, in their signals' units; consciousness as a letter of ACVPU.

    Scale 2 for SpO2 is for hypercapnic respiratory failure, on a clinician's order only. Raises ValueError that names
    the component and its value when one is unknown, no number, negative or no letter of ACVPU, or ``scale`` is
    not 1 or 2.

    >>> score = news2_score(respiration_rate=22, spo2=95, systolic_bp=105, heart_rate=112, consciousness="A")
    >>> score.total, score.band, score.missing
    (6, 'medium', ('temperature',))
    >>> news2_score({"spo2": 97}, on_oxygen=True, scale=2).points
    {'spo2': 3, 'oxygen': 2}
    """
    if scale not in (1, 2):
        raise ValueError(f"scale {scale!r} is none of NEWS2: use 1, or 2 on a clinician's order")
    given = {**(components or {}), **by_name}
    unknown = [name for name in given if name not in COMPONENTS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no component of NEWS2: use {', '.join(COMPONENTS)}")
    numbers = {name: number(name, given[name]) for name in COMPONENTS if given.get(name) is not None}
    return _scored(numbers, scale, on_oxygen=on_oxygen)


def news2_at(values: Sequence[float], scale: int, *, on_oxygen: bool) -> News2:
    """The score of one moment: values in the order of COMPONENTS, NaN where one is missing.

    >>> news2_at([22.0, 95.0, 105.0, 112.0, 0.0, float("nan")], 1, on_oxygen=False).total
    6
    """
    given = zip(COMPONENTS, values, strict=True)
    return _scored({name: value for name, value in given if not isnan(value)}, scale, on_oxygen=on_oxygen)


def _scored(numbers: Mapping[str, float], scale: int, *, on_oxygen: bool) -> News2:
    points = {name: _score(name, value, scale, on_oxygen=on_oxygen) for name, value in numbers.items()}
    points["oxygen"] = _ON_OXYGEN if on_oxygen else 0
    return News2(sum(points.values()), points, tuple(name for name in COMPONENTS if name not in numbers))


def number(name: str, value: Any) -> float:
    """A component's value as the number it is stored as; ValueError names component, value and remedy.

    >>> number("consciousness", "V")
    2.0
    """
    if name == "consciousness":
        if not isinstance(value, str) or len(value) != 1 or value.upper() not in ACVPU:
            raise ValueError(f"consciousness {value!r} is no letter of {ACVPU}")
        return float(ACVPU.index(value.upper()))
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ValueError(f"{name} {value!r} is no number")  # noqa: TRY004  (one kind of error for one kind of fault)
    if not isfinite(value) or value < 0:
        raise ValueError(f"{name} {value!r} must be a finite number, not below 0")
    return float(value)


def _score(name: str, value: float, scale: int, *, on_oxygen: bool) -> int:
    if name == "spo2" and scale == 2:
        name = f"spo2 scale 2 on {'oxygen' if on_oxygen else 'air'}"
    return int(_POINTS[_ROW[name]][tenth(value)])


# Every printed band ends at a multiple of a tenth: tenths, rounded up, index a table of points.
_ROW: Final = {name: row for row, name in enumerate((*COMPONENTS, *(n for n in _TABLE if n not in COMPONENTS)))}
_LOOKUP: Final = np.array(
    [[next(points for top, points in _TABLE[name] if tenth / 10 <= top) for tenth in range(4096)] for name in _ROW],
    np.int8,
)
_POINTS: Final = [row.tobytes() for row in _LOOKUP]


def most_points(scale: int) -> Levels:
    """int8[7, 4096]: the points that a value, in tenths rounded up, gives at most; components in the order of
    COMPONENTS, then oxygen flow.
    """
    table = np.concatenate([_LOOKUP[: len(COMPONENTS)], np.full((1, _LOOKUP.shape[1]), _ON_OXYGEN, np.int8)])
    table[-1, 0] = 0
    if scale == 2:
        table[_SPO2] = np.maximum(_LOOKUP[_ROW["spo2 scale 2 on air"]], _LOOKUP[_ROW["spo2 scale 2 on oxygen"]])
    return table


def points_table(values: Floats, on_oxygen: Bools, scale: Floats | Levels) -> Levels:
    """int8[n, 7]: the points of n patients, components in the order of COMPONENTS, then oxygen.

    ``values`` float64[n, 6] with NaN where a component is missing (it gets no points); consciousness as 0..4.

    >>> row = np.array([[22.0, 95.0, 105.0, 112.0, 0.0, np.nan]])
    >>> points_table(row, np.array([False]), np.array([1])).tolist()
    [[2, 1, 1, 2, 0, 0, 0]]
    """
    missing = np.isnan(values)
    index = tenths(np.where(missing, 0, values))
    points = np.empty((len(values), len(COMPONENTS) + 1), np.int8)
    points[:, :-1] = _LOOKUP[_MEASURED, index]
    wide = np.flatnonzero(scale == 2)
    if len(wide):
        row = np.where(on_oxygen[wide], _ROW["spo2 scale 2 on oxygen"], _ROW["spo2 scale 2 on air"])
        points[wide, _SPO2] = _LOOKUP[row, index[wide, _SPO2]]
    points[:, :-1][missing] = 0
    points[:, -1] = np.where(on_oxygen, _ON_OXYGEN, 0)
    return points


_SPO2: Final = COMPONENTS.index("spo2")
_MEASURED: Final = np.arange(len(COMPONENTS))
