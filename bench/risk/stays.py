"""Hourly rows of the CinC Challenge 2019 table as the detector sees them, and which of them lie before sepsis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.csv
from numpy.typing import NDArray

from detectors.risk_features import FRESH, HOURS, SIGNALS, Reading, ages, read
from vitals.signals import BY_NAME
from vitals.times import HOUR

Floats = NDArray[np.float64]
Index = NDArray[Any]
Bools = NDArray[np.bool_]

COLUMNS: Final = dict(zip(SIGNALS, ("HR", "O2Sat", "Resp", "Temp", "SBP", "DBP"), strict=True))
AHEAD: Final = 6
"""Hours: SepsisLabel turns 1 this long before onset."""
HORIZON: Final = 12
"""Hours before onset in which an alert counts, and for which the risk is calibrated."""


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """n rows, by patient and hour. ``patient`` [n] numbers them, ``hour`` [n] since admission, ``value`` [n, s];
    ``onset`` [patients]: the hour of onset, or -1; ``names`` [patients].
    """

    names: list[str]
    patient: Index
    hour: Index
    value: Floats
    onset: Index

    @property
    def septic(self) -> Bools:
        return self.onset >= 0

    @property
    def before(self) -> Bools:
        """[n]: within HORIZON before onset, onset included."""
        return self.within(HORIZON)

    def within(self, hours: int) -> Bools:
        """[n]: at most so many hours before onset, onset included."""
        onset = self.onset[self.patient]
        found: Bools = (onset >= 0) & (self.hour >= onset - hours) & (self.hour <= onset)
        return found


def load(path: Path) -> Stays:
    """The table, without what is implausible in a living person (``vitals.signals``): ingest refuses that too."""
    table = pyarrow.csv.read_csv(path)
    columns = {name: table[name].to_numpy() for name in ("patient_id", "ICULOS", "SepsisLabel", *COLUMNS.values())}
    names, patient = np.unique(columns["patient_id"].astype(str), return_inverse=True)
    order = np.lexsort((columns["ICULOS"], patient))
    value = np.stack([_plausible(name, columns[of].astype(np.float64)) for name, of in COLUMNS.items()], axis=1)
    onset = np.full(len(names), np.iinfo(np.int64).max)
    labelled = columns["SepsisLabel"] == 1
    np.minimum.at(onset, patient[labelled], columns["ICULOS"][labelled] + AHEAD)
    onset[onset == np.iinfo(np.int64).max] = -1
    return Stays(names.tolist(), patient[order], columns["ICULOS"][order], value[order], onset)


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """Features [n, f] of each row's panel, made by the detector's own functions: ``now`` of what is fresh,
    ``carried`` of all there is; ``known`` [n]: how many signs are fresh.
    """

    now: Floats
    carried: Floats
    known: Index


def features(stays: Stays, readings: Sequence[Reading]) -> Read:
    """From the panel of the HOURS up to each row."""
    panels = list(_panels(stays))
    now, carried = (np.concatenate([read(p, readings, fresh=fresh) for p in panels]) for fresh in (FRESH, HOURS))
    return Read(now, carried, np.concatenate([(ages(p) < FRESH * HOUR).sum(axis=1) for p in panels]))


def _plausible(signal: str, values: Floats) -> Floats:
    about = BY_NAME[signal]
    return np.where((values >= about.low) & (values <= about.high), values, np.nan)


def _panels(stays: Stays) -> Iterator[Floats]:
    """[rows of one patient, s, HOURS], patient by patient."""
    edges = np.searchsorted(stays.patient, np.arange(len(stays.names) + 1))
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        at = stays.hour[begin:end] - stays.hour[begin] + HOURS - 1
        grid = np.full((len(SIGNALS), at[-1] + 1), np.nan)
        grid[:, at] = stays.value[begin:end].T
        windows = np.lib.stride_tricks.sliding_window_view(grid, HOURS, axis=1)
        yield windows[:, at - HOURS + 1].transpose(1, 0, 2)


def folds(stays: Stays, count: int, seed: int) -> Index:
    """[patients]: the fold that tests each; septic and other patients are dealt out evenly."""
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(stays.names), np.int64)
    for group in (stays.septic, ~stays.septic):
        members = rng.permutation(np.flatnonzero(group))
        fold[members] = np.arange(len(members)) % count
    return fold
