"""A restart, and the last messages once more: what was kept was told, so nothing is told twice and nothing is lost."""

from collections.abc import Sequence

import numpy as np
import pytest

from detectors.event import Event
from detectors.registry import DEFAULT
from detectors.scan import Bank
from tests.detectors.kit import T0, Past, by_key, live, of
from vitals.agency import Agency, Device, DeviceType, Patient
from vitals.batch import Batch, Quality
from vitals.finding import Finding
from vitals.intake import Intake
from vitals.plan import CarePlan, Ordered
from vitals.series import SeriesTable
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE, SECOND

FAST = tuple(d for d in DEFAULT if not hasattr(d, "every") and not isinstance(d, Event))
USUAL = {"heart_rate": (74, 3), "spo2": (97, 1), "temperature": (36.8, 0.1), "glucose": (110, 5), "weight": (71, 0.3)}
ILL = {"heart_rate": 60, "spo2": -12, "temperature": 2.5, "glucose": -60, "weight": 9}
DEVICES = {"watch": ("heart_rate",), "oximeter": ("spo2", "heart_rate"), "cgm": ("glucose",), "scale": ("weight",)}
EVERY = {"watch": MINUTE, "oximeter": MINUTE, "cgm": 5 * MINUTE, "scale": 40 * MINUTE}
PLAN = CarePlan(ordered=(Ordered(signal="spo2", every=30 * MINUTE),))


class Life:
    """One home, message by message; the bank may be lost after any of them."""

    def __init__(self, batches: Sequence[Batch], series: SeriesTable, plan: CarePlan = PLAN) -> None:
        devices = tuple(Device(id=d, type=DeviceType(d if d != "watch" else "wearable")) for d in DEVICES)
        self.people = Agency(id="a", patients=(Patient(id="p1", name="-", timezone="UTC", plan=plan, devices=devices),))
        self.batches, self.series, self.past = batches, series, Past(series)
        self.found = list[Finding]()
        self.known: list[int] = []
        """How many findings there were after each message."""
        self.start()

    def start(self, now: int = T0) -> None:
        self.bank = Bank(self.series, self.people, detectors=FAST)
        since = {("p1", "", ""): T0, ("p1", "spo2", ""): T0} | {("p1", "", d): T0 for d in DEVICES}
        self.bank.warm(self.past, live(self.found), now, since)

    def hear(self, batch: Batch, now: int | None = None, *, keep: bool = True) -> None:
        now = int(batch.received.max()) if now is None else now
        intake = self.bank.assess(Intake(batch), now)
        self.found += self.bank.scan(intake, now)
        if keep:
            self.past.append(intake.batch)

    def lost(self, after: int, again: int, unkept: int = 0) -> "Life":
        """The same life, but the bank is lost after that message, of which the last ``unkept`` were not stored."""
        other = Life(self.batches, self.series)
        other.past.batches, other.found = self.past.batches[: after + 1 - unkept], self.found[: self.known[after]]
        other.restart(after, again, unkept)
        return other.live(first=after + 1)

    def restart(self, after: int, again: int, unkept: int = 0) -> None:
        now = int(self.batches[after].received.max())
        self.start(now)
        for i in range(max(0, after + 1 - again), after + 1):
            self.hear(self.batches[i], now, keep=i > after - unkept)

    def live(self, lost_after: int | None = None, again: int = 0, first: int = 0) -> "Life":
        swept = int(self.batches[first - 1].received.max() if first else T0) // MINUTE
        for i, batch in enumerate(self.batches[first:], first):
            now = int(batch.received.max())
            if now // MINUTE > swept:
                swept = now // MINUTE
                self.found += self.bank.sweep(swept * MINUTE, whole=True)
            self.hear(batch)
            self.known.append(len(self.found))
            if i == lost_after:
                self.restart(i, again)
        return self


def stream(seed: int, hours: int = 2) -> tuple[list[Batch], SeriesTable]:
    """Readings with an illness, spikes, a probe that is off for a while, and some that come late."""
    rng, series, messages = np.random.default_rng(seed), SeriesTable(), list[Batch]()
    for device, signals in DEVICES.items():
        times = T0 + np.arange(int(rng.integers(0, EVERY[device])), hours * HOUR, EVERY[device])
        ill, off = rng.integers(0, hours * HOUR, 2) + T0
        for time in times.tolist():
            if rng.random() < 0.03:
                continue
            codes, values, flags = [], [], []
            for signal in signals:
                level, spread = USUAL[signal]
                value = level + spread * rng.normal() + ILL[signal] * (ill < time < ill + 40 * MINUTE)
                value += 30 * spread * (rng.random() < 0.03)
                zero = device == "oximeter" and off < time < off + 95 * MINUTE
                codes.append(series.code("p1", device, BY_NAME[signal].code))
                values.append(0.0 if zero else round(float(value), 1))
                flags.append(int(Quality.ARTEFACT) * zero)
            after = int(rng.integers(0, 15 * MINUTE)) if rng.random() < 0.03 else 400
            late = int(Quality.LATE) * (after > 10 * MINUTE)
            flags_, n = np.array(flags, np.uint8) | np.uint8(late), len(codes)
            messages.append(Batch.of(codes, [time] * n, values, [time + after] * n, flags_))
    return sorted(messages, key=lambda batch: int(batch.received[0])), series


@pytest.mark.parametrize("seed", range(2))
def test_a_restart_anywhere_with_redelivery_finds_what_no_restart_finds(seed: int):
    batches, series = stream(seed)
    life = Life(batches, series).live()
    whole = by_key(life.found)
    assert {"limit.low", "limit.high", "quality.probe_off"} & {key.rule for key in whole}
    rng = np.random.default_rng(seed)
    for again in (0, 3, 40):
        lost = int(rng.integers(50, len(batches)))
        assert by_key(life.lost(lost, again).found) == whole, (lost, again)


def one(  # noqa: PLR0917  (what a reading is made of)
    series: SeriesTable, device: str, signal: str, at: int, value: float, quality: int = 0
) -> Batch:
    code = series.code("p1", device, BY_NAME[signal].code)
    return Batch.of([code], [at], [value], [at], np.array([quality], np.uint8))


def run_of(  # noqa: PLR0917  (the same, often)
    series: SeriesTable, device: str, signal: str, values: Sequence[float], every: int, start: int = T0
) -> list[Batch]:
    return [one(series, device, signal, start + i * every, v) for i, v in enumerate(values)]


def test_a_spike_that_was_kept_stays_one_when_it_is_redelivered_to_another_bank():
    series = SeriesTable()
    parts = run_of(series, "oximeter", "spo2", [97, 98, 97, 96, 97, 98, 97, 97, 96, 97, 80, 97], 20 * SECOND)
    life = Life(parts, series).live(lost_after=11, again=2)
    assert 80 not in life.bank._ward.rings.tail(0, 20)[1].tolist()
    assert [f.key.rule for f in life.found if f.key.signal] == []


def test_what_was_doubted_and_then_believed_counts_after_a_restart_too():
    series = SeriesTable()
    parts = run_of(series, "oximeter", "spo2", [*[97, 98] * 5, 84, 84, 84, 84, 84], 20 * SECOND)
    whole = of(Life(parts, series).live().found, "limit.low")
    assert whole == ["high"]
    for lost in (10, 11, 12):
        assert by_key(Life(parts, series).live(lost).found) == by_key(Life(parts, series).live().found), lost


def test_a_spike_of_a_sensor_that_speaks_every_five_minutes_is_doubted_after_a_restart_too():
    series = SeriesTable()
    parts = run_of(
        series, "cgm", "glucose", [112, 116, 109, 117, 113, 115, 113, 110, 112, 114, 350, 117, 117], 5 * MINUTE
    )
    found = Life(parts, series).live(lost_after=9).found
    assert [f.key.rule for f in found if f.key.signal == "glucose" or f.key.rule.startswith("rate")] == []


def test_a_trouble_that_was_over_before_the_restart_is_not_told_again():
    series = SeriesTable()
    parts = run_of(series, "oximeter", "spo2", [*[97, 98] * 15, *[0.0] * 100, *[97, 96] * 25], MINUTE)
    off = int(Quality.ARTEFACT)
    parts = [b if b.value[0] else one(series, "oximeter", "spo2", int(b.time[0]), 0.0, off) for b in parts]
    assert of(Life(parts, series).live(lost_after=175, again=30).found, "quality.probe_off") == ["medium", "clear"]


def test_heart_rates_that_disagree_are_counted_on_over_a_restart():
    series = SeriesTable()
    parts = [
        batch
        for i in range(12)
        for batch in (
            one(series, "watch", "heart_rate", T0 + i * MINUTE, 110),
            one(series, "oximeter", "heart_rate", T0 + i * MINUTE, 62),
            one(series, "oximeter", "spo2", T0 + i * MINUTE, 97),
        )
    ]
    whole = by_key(Life(parts, series).live().found)
    assert "quality.disagreement" in {key.rule for key in whole}
    assert by_key(Life(parts, series).live(lost_after=10).found) == whole


def off_for_days(days: int) -> tuple[list[Batch], SeriesTable]:
    """Two hours of a low saturation, then zeros for days: the last that was measured lies far back."""
    series, zero = SeriesTable(), int(Quality.ARTEFACT)
    parts = run_of(series, "oximeter", "spo2", [88.0] * 24, 5 * MINUTE)
    end = T0 + 2 * HOUR
    return parts + [one(series, "oximeter", "spo2", end + i * HOUR, 0.0, zero) for i in range(days * 24)], series


def test_what_sent_only_artefacts_for_days_was_heard_once_all_the_same():
    batches, series = off_for_days(4)
    plan = CarePlan(ordered=(Ordered(signal="spo2", every=5 * DAY),))
    life = Life(batches, series, plan).live(lost_after=len(batches) - 1)
    life.found += life.bank.sweep(T0 + 5 * DAY + 3 * HOUR, whole=True)
    about = [f for f in life.found if f.key.signal == "spo2" or f.key.device == "oximeter"]
    assert of(about, "gap.never") == []
    assert of(about, "gap.missed") == ["medium"]


def test_a_level_waits_for_what_it_was_told_by_however_long_ago_that_was_measured():
    batches, series = off_for_days(4)
    calm = run_of(series, "watch", "heart_rate", [72.0] * 10, MINUTE, T0 + 4 * DAY + 3 * HOUR)
    whole = of(Life([*batches, *calm], series).live().found, "early_warning")
    assert of(Life([*batches, *calm], series).live(lost_after=len(batches) - 1).found, "early_warning") == whole


@pytest.mark.parametrize("lost", [100, 118])
def test_a_slow_sensor_that_had_stood_still_for_long_before_a_restart_is_found_stuck_in_time(lost: int):
    rng, series = np.random.default_rng(7), SeriesTable()
    values = [*np.round(74 + 3 * rng.normal(size=60)).tolist(), *[74.0] * 70]
    life = Life(run_of(series, "watch", "heart_rate", values, HOUR), series).live()
    assert of(life.found, "quality.stuck")
    assert by_key(life.lost(lost, 3).found) == by_key(life.found)
