"""What a bank needs to know of past artefacts when it starts: for how long each device has been in trouble."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from detectors.artefacts import WEIGHT
from detectors.past import History
from detectors.ward import Ward
from vitals.batch import Batch, Quality
from vitals.times import DAY, HOUR

_WEIGHED: Final = 30 * DAY
"""How far back weighings are read: a weight is held against the last five, and a doubted one waits for other days."""
_AT_ONCE: Final = 2_000
_SPELL: Final = 4 * HOUR
"""How far back a device that sends artefacts is read."""


def doubts(history: History, recent: Batch, ward: Ward, now: int) -> Batch:
    """``recent`` readings sorted by series and time, each once; of devices that sent artefacts those of four
    hours, and weighings of 30 days.
    """
    odd = (recent.quality & int(Quality.ARTEFACT)) != 0
    devices = {ward.series.keys[code][:2] for code in set(recent.series[odd].tolist())}
    codes = [code for patient, device in devices for code in ward.codes(patient)
             if ward.series.keys[code].device == device]  # fmt: skip
    recent = Batch.concat([recent, *_weighings(history, ward, now)])
    if codes:
        recent = Batch.concat([recent, history.window(now - _SPELL, now + 1, codes)])
    recent = recent.take(np.lexsort((recent.time, recent.series)))
    again = (recent.series[1:] == recent.series[:-1]) & (recent.time[1:] == recent.time[:-1])
    return recent.take(np.append(True, ~again)) if len(recent) else recent


def _weighings(history: History, ward: Ward, now: int) -> Iterator[Batch]:
    codes = np.flatnonzero(ward.series.signal_codes()[: ward.rings.size] == WEIGHT)
    for i in range(0, len(codes), _AT_ONCE):
        yield history.window(now - _WEIGHED, now + 1, codes[i : i + _AT_ONCE].tolist())
