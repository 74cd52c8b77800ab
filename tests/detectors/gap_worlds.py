"""Random homes: devices, orders, pauses, and what is heard of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tests.detectors.gap_slow import Heard, Said, SlowGaps, Told
from tests.detectors.gate import Gated
from tests.detectors.kit import ARTEFACT, LATE, row
from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.batch import Batch, Quality
from vitals.finding import Finding
from vitals.intake import BROKER, DeviceStatus, Intake
from vitals.plan import CarePlan, Ordered, Pause
from vitals.times import HOUR, MINUTE, SECOND, from_datetime

ZONES = {"Europe/Berlin": (2026, 3, 28), "America/New_York": (2026, 10, 31), "Australia/Lord_Howe": (2026, 4, 4)}
"""And the evening before their clocks change."""
DEVICES = {"oxi": DeviceType.OXIMETER, "cuff": DeviceType.CUFF, "cgm": DeviceType.CGM, "other": DeviceType.OTHER}
SIGNAL = {"oxi": "spo2", "cuff": "systolic_bp", "cgm": "glucose", "other": "spo2"}
VALUE = {"spo2": 97.0, "systolic_bp": 125.0, "glucose": 110.0}
Event = tuple[int, str, tuple[object, ...]]


class Home:
    """One to three patients with two devices at most: too few for an outage of a gateway."""

    def __init__(self, seed: int, hours: int = 12) -> None:
        self.rng, self.hours = np.random.default_rng(seed), hours
        self.zone = list(ZONES)[seed % 3]
        self.evening = datetime(*ZONES[self.zone], 20, tzinfo=ZoneInfo(self.zone))
        self.start = from_datetime(self.evening)
        self.people = Agency(id="a", patients=tuple(self._patient(f"p{i}") for i in range(self.rng.integers(1, 3))))

    def _patient(self, name: str) -> Patient:
        rng = self.rng
        names = rng.choice(list(DEVICES), rng.integers(1, 3), replace=False).tolist()
        devices = [
            Device(
                id=d,
                type=DEVICES[d],
                silent_after=int(rng.choice([5, 30, 90])) * MINUTE if rng.random() < 0.3 else None,
            )
            for d in names
        ]
        ordered = [
            Ordered(signal=s, every=int(rng.choice([20, 60, 240])) * MINUTE, grace=int(rng.choice([0, 5, 30])) * MINUTE)
            for s in VALUE
            if rng.random() < 0.5
        ]
        pauses = [self._pause() for _ in range(rng.integers(0, 3))]
        silent = int(rng.choice([45, 180])) * MINUTE if rng.random() < 0.6 else None
        plan = CarePlan(ordered=tuple(ordered), pauses=tuple(pauses), silent_after=silent)
        return Patient(id=name, name="-", timezone=self.zone, plan=plan, devices=tuple(devices))

    def _pause(self) -> Pause:
        """By the clock on the wall."""
        begin = self.evening + timedelta(minutes=int(self.rng.integers(-60, self.hours * 60)))
        return Pause(
            start=begin.isoformat(), end=(begin + timedelta(minutes=int(self.rng.integers(5, 240)))).isoformat()
        )

    def events(self) -> list[Event]:
        rng, found = self.rng, list[Event]()
        for patient in self.people.patients:
            for device in [d.id for d in patient.devices]:
                found += self._spoken(patient.id, device)
        for time in range(self.hours * 60):
            found.append((self.start + time * MINUTE + int(rng.integers(0, 30)) * SECOND, "sweep", ()))
        if rng.random() < 0.5:
            found.append((self.start, "broker", (True,)))
            for _ in range(rng.integers(1, 4)):
                lost = self.start + int(rng.integers(60, self.hours * 3600)) * SECOND
                back = lost + int(rng.choice([10, 60, 500, 2000, 10_000])) * SECOND + int(rng.integers(0, 900)) * 10
                found += [(lost, "broker", (False,)), (back, "broker", (True,))]
        return sorted(found, key=lambda event: event[0])

    def _spoken(self, patient: str, device: str) -> list[Event]:
        rng, found = self.rng, list[Event]()
        time = self.start + int(rng.exponential(60)) * MINUTE
        while time < self.start + self.hours * HOUR:
            time += int(rng.choice([20, 60, 400, 1200, 5000, 20_000], p=[0.3, 0.3, 0.2, 0.1, 0.07, 0.03])) * 1000
            time += int(rng.integers(0, 20_000))
            kind = rng.choice(["reading", "late", "artefact", "behind", "status"], p=[0.7, 0.08, 0.06, 0.08, 0.08])
            if kind == "status":
                battery = round(float(rng.random()), 2) if rng.random() < 0.5 else None
                found.append(
                    (time, "status", (patient, device, bool(rng.random() < 0.5), battery, bool(rng.random() < 0.2)))
                )
                continue
            behind = {"late": rng.integers(11, 600), "behind": rng.integers(1, 10)}.get(str(kind), 0)
            found.append((time, "reading", (patient, device, time - int(behind) * MINUTE, str(kind))))
        return found


def replay(home: Home) -> tuple[list[Told], list[Told]]:
    """What the bank tells, and what the slow reference does."""
    world, slow = Gated(home.people), SlowGaps(home.people, home.start)
    world.bank.sweep(home.start)
    told, expected = list[Told](), list[Told]()
    for now, kind, what in home.events():
        found = _take(world, slow, now, kind, what)
        prompt = _told(found)
        told += prompt + _told(world.bank.sweep(now))
        expected += slow.judge(now)
    return sorted(told), sorted(expected)


def _take(world: Gated, slow: SlowGaps, now: int, kind: str, what: tuple[object, ...]) -> list[Finding]:
    if kind == "sweep":
        return []
    if kind == "broker":
        slow.broker.append((now, bool(what[0])))
        status = DeviceStatus("", BROKER, now, now, bool(what[0]))
        return world.bank.scan(Intake(Batch.empty(), statuses=(status,)), now)
    if kind == "status":
        patient, device, online, battery, retained = what
        said = Said(patient, device, now, online, battery, retained)  # type: ignore[arg-type]
        slow.said.append(said)
        slow.arrived += [] if retained else [now]
        if battery is not None:
            slow.weak.setdefault((said.patient, said.device), []).append(said)
        status = DeviceStatus(said.patient, said.device, now, now, said.online, said.battery, said.retained)
        return world.bank.scan(Intake(Batch.empty(), statuses=(status,)), now)
    patient, device, time, how = what
    signal = SIGNAL[str(device)]
    artefact = how == "artefact"
    slow.heard.append(Heard(str(patient), str(device), signal, now, int(time), how != "late", artefact))  # type: ignore[call-overload]
    slow.arrived += [now] if how not in ("late", "artefact") else []
    flag = {"late": LATE, "artefact": ARTEFACT}.get(str(how), Quality.GOOD)
    batch = world.batch([row(signal, int(time), VALUE[signal], patient=str(patient), device=str(device), quality=flag)])  # type: ignore[call-overload]
    return world.bank.scan(Intake(batch), now)


def _told(found: list[Finding]) -> list[Told]:
    return [(*f.key, int(f.severity), f.time, f.onset) for f in found if f.key.rule.startswith(("gap.", "outage."))]
