"""A plain reading of limits and NEWS2, by hand, so that the simulators are judged by nobody's detector."""

from collections.abc import Mapping

import numpy as np

from vitals.plan import CarePlan, Limits
from vitals.signals import SIGNALS

NAMES = [signal.name for signal in SIGNALS]


def limit_episodes(values: np.ndarray, limits: Limits, step: int) -> int:
    """How often one signal, sampled every ``step`` ms, stays outside its warning limits for as long as they say."""
    low = -np.inf if limits.warning_low is None else limits.warning_low
    high = np.inf if limits.warning_high is None else limits.warning_high
    return len(held(((values < low) | (values > high)), limits, step))


def held(outside: np.ndarray, limits: Limits, step: int) -> list[int]:
    """Starts of the stretches that last long enough; a repeat reading is asked for where given once."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], outside.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    if limits.repeat:
        return starts[ends - starts >= 2].tolist()
    return starts[(ends - starts - 1) * step >= limits.on_delay].tolist()


def news2(vital: Mapping[str, np.ndarray], plan: CarePlan) -> tuple[np.ndarray, np.ndarray]:
    """Total, and whether any single part scores 3, on air and awake (Royal College of Physicians 2017)."""
    spo2 = vital["spo2"]
    oxygen = band(spo2, [91, 93, 95], [3, 2, 1, 0]) if plan.news2_scale == 1 else band(spo2, [83, 85, 87], [3, 2, 1, 0])
    parts = [
        oxygen,
        band(vital["respiration_rate"], [8, 11, 20, 24], [3, 1, 0, 2, 3]),
        band(vital["systolic_bp"], [90, 100, 110, 219], [3, 2, 1, 0, 3]),
        band(vital["heart_rate"], [40, 50, 90, 110, 130], [3, 1, 0, 1, 2, 3]),
        band(vital["temperature"], [35.0, 36.0, 38.0, 39.0], [3, 1, 0, 1, 2]),
    ]
    return np.sum(parts, axis=0), np.any([part == 3 for part in parts], axis=0)


def band(values: np.ndarray, uppers: list[float], points: list[int]) -> np.ndarray:
    return np.array(points)[np.searchsorted(uppers, values, side="left")]


def rises(condition: np.ndarray) -> int:
    """How often it becomes true."""
    return int((np.diff(np.concatenate([[False], condition]).astype(np.int8)) == 1).sum())
