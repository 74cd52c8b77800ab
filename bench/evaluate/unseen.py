"""Which model of deterioration has not seen which patients: so that nobody is judged by a model fitted on them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.risk.fitting import Recipe
from bench.risk.stays import folds, load
from detectors.base import Detector
from detectors.deterioration import Deterioration


def unseen(table: Path) -> list[tuple[str, set[str]]]:
    """(model, patients it was not fitted on) of a CinC 2019 table, as ``bench.fit_deterioration`` deals them out."""
    stays, recipe = load(table), Recipe()
    fold = folds(stays, recipe.folds, recipe.seed)
    names = np.array(stays.names)
    return [(f"fold_{i + 1}", set(names[fold == i].tolist())) for i in range(recipe.folds)]


def with_model(detectors: Sequence[Detector], model: str) -> list[Detector]:
    """The detectors, ``deterioration`` with that model."""
    return list(_with(detectors, model))


def _with(detectors: Sequence[Detector], model: str) -> Iterator[Detector]:
    for detector in detectors:
        yield replace(detector, model=model) if isinstance(detector, Deterioration) else detector
