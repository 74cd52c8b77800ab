"""Follows patients with an oximeter's pulse and a heart rate from elsewhere: whether they agree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.arrivals import Arrivals
from detectors.artefacts_pulse import BROKEN, TOGETHER, disagree
from detectors.columns import NEVER, Bools, Floats, Index, Ints, room
from detectors.masks import any_of
from detectors.ward import Ward
from vitals.agency import DeviceType
from vitals.alert import Alert
from vitals.batch import STALE, Batch, Quality
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.signals import BY_NAME

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_RULE: Final = "quality.disagreement"
_HEART, _SPO2, _CUFF = (BY_NAME[name].code for name in ("heart_rate", "spo2", "systolic_bp"))
_PAIRS: Final = 5
_UNJUDGED: Final = int(STALE | Quality.ARTEFACT)


@dataclass(slots=True)
class _Pair:
    """An oximeter's pulse: since when it differs (``odd``) or agrees (``even``), how often in a row, what was told."""

    odd: int = NEVER
    even: int = NEVER
    last: int = NEVER
    count: int = 0
    onset: int = 0
    level: int = 0


class Pulses:
    """Each oximeter's pulse is held against the newest heart rate, at most 90 s old, of the patient's other devices."""

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._others: dict[int, list[int]] = {}
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._watched: Bools = np.zeros(0, bool)
        self._newest: dict[int, tuple[int, float]] = {}
        self._size = 0

    def use(self) -> None:
        """Which device is what may have changed."""
        self._size = 0

    def grow(self) -> None:
        """Learn which pulses there are to compare."""
        known, self._size = self._size, self._ward.rings.size
        self._watched = room(self._watched, self._size, False)
        signal = self._ward.series.signal_codes()[known : self._size]
        concerned = np.flatnonzero((signal == _HEART) | (signal == _SPO2) | (signal == _CUFF)) + known
        for patient in {self._ward.series.keys[code].patient for code in concerned.tolist()}:
            self._pair_up(patient)

    def recall(self, alert: Alert) -> None:
        """Know what was told."""
        pair = self._pairs.setdefault((alert.key.patient, alert.key.device), _Pair())
        pair.onset, pair.level = alert.onset, int(alert.severity)

    def scan(self, arrivals: Arrivals) -> list[Finding]:
        """Compare what has arrived."""
        chosen = self._watched.take(arrivals.series)
        if not any_of(chosen):
            return []
        rows = np.flatnonzero(chosen & arrivals.new)
        pulse = np.array([code in self._others for code in arrivals.series[rows].tolist()], bool)
        rows = rows[np.lexsort((pulse, arrivals.time[rows]))]
        return self._heard(arrivals.series[rows], arrivals.time[rows], arrivals.value[rows])

    def remember(self, past: Batch) -> None:
        """Compare what was compared before the start, as it came, and say nothing; what was told stays."""
        rows = np.flatnonzero(self._watched[past.series] & ((past.quality & _UNJUDGED) == 0))
        rows = rows[past.time[rows] > past.time[rows].max(initial=NEVER) - _PAIRS * BROKEN]
        told = {about: (pair.level, pair.onset) for about, pair in self._pairs.items()}
        pulse = np.array([code in self._others for code in past.series[rows].tolist()], bool)
        rows = rows[np.lexsort((pulse, past.time[rows], past.received[rows]))]
        self._heard(past.series[rows], past.time[rows], past.value[rows])
        for about, pair in self._pairs.items():
            pair.level, pair.onset = told.get(about, (0, 0))

    def _heard(self, series: Index, time: Ints, value: Floats) -> list[Finding]:
        """Readings in the order of time, of equal ones the pulses last."""
        found: list[Finding] = []
        for code, at, rate in zip(series.tolist(), time.tolist(), value.tolist(), strict=True):
            self._newest[code] = (at, rate)
            if code in self._others:
                found += self._compare(code, at, rate)
        return found

    def _compare(self, code: int, time: int, pulse: float) -> list[Finding]:
        near = [(c, *self._newest[c]) for c in self._others[code] if c in self._newest]
        near = [row for row in near if abs(row[1] - time) <= TOGETHER]
        if not near:
            return []
        patient, device, _ = self._ward.series.keys[code]
        plan = self._ward.tuned(self._detector, self._ward.plan(patient))
        other, _, rate = max(near, key=lambda row: row[1])
        pair = self._pairs.setdefault((patient, device), _Pair())
        odd = disagree(pulse, rate, plan.pulse_apart, plan.pulse_share)
        if not _held(pair, time, odd=odd, delay=plan.pulse_delay):
            return []
        pair.level = int(Severity.LOW) if odd else 0
        pair.onset = pair.odd if odd else pair.onset
        key = FindingKey(_RULE, patient, "heart_rate", device)
        evidence = {"value": pulse, "other": rate, "other_device": self._ward.series.keys[other].device, "unit": "/min"}
        return [Finding(key, Kind.TECHNICAL, Severity(pair.level), time, pair.onset, evidence)]

    def _pair_up(self, patient: str) -> None:
        keys = self._ward.series.keys
        has: dict[str, dict[int, int]] = {}
        for code in self._ward.codes(patient):
            has.setdefault(keys[code].device, {})[keys[code].signal] = code
        known = self._ward.patients.get(patient)
        types = {d.id: d.type for d in known.devices} if known else {}
        pulses: list[int] = []
        rates: list[int] = []
        for device, of in has.items():
            if _HEART in of and _CUFF not in of:
                finger = types.get(device) is DeviceType.OXIMETER or _SPO2 in of
                (pulses if finger else rates).append(of[_HEART])
        for code in (*pulses, *rates):
            self._others.pop(code, None)
            self._watched[code] = bool(pulses and rates)
        if rates:
            self._others |= dict.fromkeys(pulses, rates)


def _held(pair: _Pair, time: int, *, odd: bool, delay: int) -> bool:
    """Take one comparison in; whether what was told changes with it."""
    if time - pair.last > BROKEN:
        pair.odd = pair.even = NEVER
    begun = pair.odd if odd else pair.even
    if begun == NEVER:
        begun, pair.count = time, 0
    pair.odd, pair.even = (begun, NEVER) if odd else (NEVER, begun)
    pair.last, pair.count = time, pair.count + 1
    return bool(pair.level) is not odd and time - begun >= delay and pair.count >= _PAIRS
