"""Gaps by the words of docs/detectors.md: every question is answered from the whole list of what has arrived."""

from dataclasses import dataclass, field
from typing import NamedTuple

from vitals.agency import Agency, Device, Patient
from vitals.times import HOUR, MINUTE, SECOND, parse_time

Told = tuple[str, str, str, str, int, int, int]
"""rule, patient, signal, device, severity, time, onset."""
ANY = 15 * MINUTE
"""For how long a device without a heartbeat may be offline."""


class Heard(NamedTuple):
    patient: str
    device: str
    signal: str
    received: int
    time: int
    fresh: bool
    artefact: bool


class Said(NamedTuple):
    patient: str
    device: str
    received: int
    online: bool
    battery: float | None
    retained: bool


class Awaited(NamedTuple):
    patient: str
    signal: str
    device: str
    every: int
    wait: int


@dataclass
class SlowGaps:
    people: Agency
    since: int
    heard: list[Heard] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    broker: list[tuple[int, bool]] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    """When anything fresh reached us."""
    told: dict[tuple[str, str, str, str], tuple[int, int]] = field(default_factory=dict)
    weak: dict[tuple[str, str], list[Said]] = field(default_factory=dict)

    def judge(self, now: int) -> list[Told]:
        found = self._broker(now)
        for patient in self.people.patients:
            for device in patient.devices:
                found += self._battery(patient, device, now) + self._offline(patient, device, now)
            for item in _awaited(patient):
                found += self._silence(patient, item, now)
        return found

    def _tell(self, now: int, key: tuple[str, str, str, str], level: int, onset: int) -> list[Told]:
        before, since = self.told.get(key, (0, onset))
        if before == level:
            return []
        self.told[key] = (level, since)
        if not level:
            del self.told[key]
        return [(*key, level, now, since)]

    def _silence(self, patient: Patient, item: Awaited, now: int) -> list[Told]:
        last = max(self._signs(item), default=None)
        base = self.since if last is None else last
        begun = max([base, *(end for _, end in _pauses(patient) if end <= now)])
        never = ("gap.never", *item[:3])
        missed = ("gap.missed" if item.signal else "gap.silent", *item[:3])
        found = self._tell(now, never, 0, 0) if last is not None and never in self.told else []
        if last is not None and now - last <= item.wait and missed in self.told:
            found += self._tell(now, missed, 0, 0)
        excused = _paused(patient, now) or self._away(patient.id, item.device) is not None
        excused |= self._held(patient, item, base, now)
        if now - begun > item.wait and not excused and not {never, missed} & self.told.keys():
            found += self._tell(now, never if last is None else missed, 2, begun + item.every)
        return found

    def _signs(self, item: Awaited) -> list[int]:
        times = [
            s.received for s in self.said if (s.patient, s.device) == (item.patient, item.device) and not s.retained
        ]
        for h in self.heard:
            mine = h.patient == item.patient and item.signal in ("", h.signal) and item.device in ("", h.device)
            if mine and h.fresh and (item.device or not h.artefact):
                times.append(h.time)
        return times

    def _away(self, patient: str, device: str) -> int | None:
        """Since when a device has been gone by its own word."""
        away: int | None = None
        for word in sorted((w for w in [*self.said, *self.heard] if w[:2] == (patient, device)), key=_received):
            if isinstance(word, Said) and not word.online:
                away = word.received if away is None else away
            elif isinstance(word, Said):
                away = away if word.retained else None
            elif away is not None and word.fresh and word.time > away:
                away = None
        return away

    def _offline(self, patient: Patient, device: Device, now: int) -> list[Told]:
        key, away = ("gap.offline", patient.id, "", device.id), self._away(patient.id, device.id)
        if away is None:
            return self._tell(now, key, 0, 0) if key in self.told else []
        last = max(self._signs(Awaited(patient.id, "", device.id, 0, 0)), default=self.since)
        item = Awaited(patient.id, "", device.id, device.heartbeat or ANY, device.heartbeat or ANY)
        if _paused(patient, now) or self._held(patient, item, last, now):
            return []
        begun = max([away, *(end for _, end in _pauses(patient) if end <= now)])
        level = (now - begun > 2 * MINUTE) + (now - begun > max(2 * MINUTE, item.wait))
        return self._tell(now, key, max(level, self.told.get(key, (0, 0))[0]), away) if level else []

    def _battery(self, patient: Patient, device: Device, now: int) -> list[Told]:
        key = ("gap.battery", patient.id, "", device.id)
        waiting = self.weak.get((patient.id, device.id), [])
        if not waiting or _paused(patient, now):
            return []
        said = waiting[-1]
        waiting.clear()
        known, charge = self.told.get(key, (0, 0))[0], said.battery or 0.0
        level = 0 if charge >= 0.25 else 2 if charge <= 0.05 else max(known, 1 if charge <= 0.15 else 0)
        return self._tell(now, key, max(level, known) if said.retained else level, said.received)

    def _link(self, now: int) -> tuple[int | None, int | None, int | None]:
        """Since when the broker is lost, since when it is back on probation, and when it last came back after 30 s."""
        lost = back = returned = gone = None
        for time, online in self.broker:
            lost, back = (None, None) if self._proven(back, time) else (lost, back)
            if online and gone is not None:
                back, returned, gone = time, time if time - gone >= 30 * SECOND else returned, None
            elif not online and gone is None:
                lost, back, gone = time if lost is None else lost, None, time
        return (None, None, returned) if self._proven(back, now) else (lost, back, returned)

    def _proven(self, back: int | None, now: int) -> bool:
        if back is None:
            return False
        flows = any(back <= time <= now for time in self.arrived)
        return now - back >= (30 * SECOND if flows else ANY)

    def _broker(self, now: int) -> list[Told]:
        key, (lost, back, _) = ("outage.broker", "", "", "mqtt-broker"), self._link(now)
        if lost is None:
            return self._tell(now, key, 0, 0) if key in self.told else []
        level = 0 if back is not None else 3 if now - lost > 15 * MINUTE else 2 * (now - lost > 2 * MINUTE)
        return self._tell(now, key, level, lost) if level > self.told.get(key, (0, 0))[0] else []

    def _held(self, patient: Patient, item: Awaited, base: int, now: int) -> bool:
        """Whether the broker's absence accounts for the silence."""
        lost, back, returned = self._link(now)
        away = lost is not None and back is None
        settling = returned is not None and now - returned < min(max(item.wait, 2 * MINUTE), ANY)
        if now - base <= item.wait + 2 * HOUR:
            return away or settling
        return (away or settling) and bool(item.device) and item.device != self._last_device(patient)

    def _last_device(self, patient: Patient) -> str:
        bases = [max(self._signs(Awaited(patient.id, "", d.id, 0, 0)), default=self.since) for d in patient.devices]
        return patient.devices[bases.index(max(bases))].id


def _awaited(patient: Patient) -> list[Awaited]:
    items = [Awaited(patient.id, o.signal, "", o.every, o.every + o.grace) for o in patient.plan.ordered]
    items += [Awaited(patient.id, "", d.id, d.heartbeat, d.heartbeat) for d in patient.devices if d.heartbeat]
    always = patient.plan.silent_after
    return items + ([Awaited(patient.id, "", "", always, always)] if always else [])


def _pauses(patient: Patient) -> list[tuple[int, int]]:
    return [(parse_time(p.start), parse_time(p.end)) for p in patient.plan.pauses]


def _paused(patient: Patient, now: int) -> bool:
    return any(start <= now < end for start, end in _pauses(patient))


def _received(word: Heard | Said) -> int:
    return word.received
