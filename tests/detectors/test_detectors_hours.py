"""Hourly means: each reading once, however it arrives; the same from the store."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.hour_lot import KEPT
from detectors.hours import hour_of
from detectors.zones import Zones
from tests.detectors.kit import ARTEFACT, LATE, T0, Row, row
from tests.detectors.slow_kit import Both, Home, Warm
from vitals.errors import UnavailableError
from vitals.times import DAY, HOUR, MINUTE, SECOND, parse_time

DETECTORS = (Warm(), Both())
READINGS = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p2"]),
        st.sampled_from(["hub", "band"]),
        st.sampled_from(["heart_rate", "spo2"]),
        st.integers(0, 40 * 12).map(lambda n: T0 + n * 5 * MINUTE),
        st.floats(50, 99).map(lambda v: round(v, 3)),
        st.sampled_from([0, 0, 0, int(LATE), int(ARTEFACT)]),
    ),
    min_size=1,
    max_size=120,
    unique_by=lambda r: r[:4],
)


def hours(home: Home) -> dict[tuple[str, int], list[tuple[int, int, int, int, bool]]]:
    """Of each track its hours with sum, count, below and fresh."""
    kept = home.world.bank._ward.hours
    kept.fold()
    found = {}
    for track in range(kept.rows.size):
        slots = kept.rows.slots(np.array([track]), 1 << 31, KEPT)
        slots = slots[slots >= 0]
        columns = [kept.rows.column(name, slots).tolist() for name in ("hour", "total", "count", "below", "fresh")]
        if len(slots):
            key = (home.series.patients[kept.patient[track]], int(kept.signal[track]))
            found[key] = list(zip(*columns, strict=True))
    return found


def expected(rows: list[Row]) -> dict[Any, Any]:
    """The same by hand."""
    found: dict[Any, Any] = {}
    for patient, _, signal, time, value, quality in rows:
        if not quality & ARTEFACT:
            code, hour = {"heart_rate": 0, "spo2": 1}[signal], -(-time // HOUR)
            was = found.setdefault((patient, code), {}).get(hour, (0, 0, 0, False))
            below = signal == "spo2" and value < 90
            now = (round(value * 10_000), 1, int(below), not quality & LATE)
            found[patient, code][hour] = (*(a + b for a, b in zip(was[:3], now[:3], strict=True)), was[3] or now[3])
    return {key: [(hour, *its[hour]) for hour in sorted(its)] for key, its in found.items()}


@settings(max_examples=60)
@given(READINGS, st.lists(st.integers(1, 120), max_size=6), st.randoms(use_true_random=False))
def test_any_split_and_order_of_arrival_gives_the_same_hours(rows: list[Row], cuts: list[int], shuffle: Any):
    shuffle.shuffle(rows)
    home = Home(detectors=DETECTORS)
    edges = [0, *sorted({c for c in cuts if c < len(rows)}), len(rows)]
    for a, b in zip(edges, edges[1:], strict=False):
        home.world.feed(rows[a:b], T0 + 3 * DAY)
    assert hours(home) == expected(rows)


@settings(max_examples=60)
@given(READINGS, st.lists(st.integers(0, 120), min_size=1, max_size=6))
def test_what_is_delivered_again_is_counted_once(rows: list[Row], again: list[int]):
    """Rings tell the newest; of older ones the store does, once their hours are over."""
    rows.sort(key=lambda r: r[3])
    home = Home(detectors=DETECTORS)
    home.restart(T0)
    for i in range(0, len(rows), 10):
        home.feed(rows[i : i + 10], T0 + 3 * DAY)
        for start in again:
            if start <= i:
                home.feed(rows[start : start + 7], T0 + 3 * DAY)
    home.sweep(T0 + 3 * DAY + 2 * MINUTE)
    assert hours(home) == expected(rows)


@settings(max_examples=40)
@given(READINGS, st.integers(0, 120))
def test_a_restart_reads_the_same_hours_from_the_store(rows: list[Row], at: int):
    rows.sort(key=lambda r: r[3])
    home = Home(detectors=DETECTORS)
    home.feed(rows[:at] or rows[:1])
    home.restart(T0 + 2 * DAY)
    if rows[at:]:
        home.feed(rows[at:])
    assert hours(home) == expected(rows)


def test_what_is_measured_on_the_stroke_ends_the_hour():
    home = Home(detectors=DETECTORS)
    home.feed([row("heart_rate", T0, 60), row("heart_rate", T0 + 1, 70), row("heart_rate", T0 + HOUR, 80)])
    assert [(h - T0 // HOUR, total, count) for h, total, count, *_ in hours(home)["p1", 0]] == [
        (0, 600_000, 1),
        (1, 1_500_000, 2),
    ]


def test_the_newest_hours_are_kept_whatever_comes_late():
    home = Home(detectors=DETECTORS)
    for start in range(0, 400, 50):
        home.feed([row("heart_rate", T0 + h * HOUR, 60 + h % 7) for h in range(start, start + 50)])
    home.feed([row("heart_rate", T0 + 3 * HOUR + SECOND, 99, quality=LATE)])  # long forgotten
    home.feed([row("heart_rate", T0 + 390 * HOUR + SECOND, 99, quality=LATE)])
    kept = hours(home)["p1", 0]
    assert len(kept) == KEPT
    assert [h - T0 // HOUR for h, *_ in kept] == list(range(400 - KEPT, 400))
    assert {h - T0 // HOUR: n for h, _, n, *_ in kept}[391] == 2


def test_nobody_pays_for_signals_that_no_slow_detector_watches():
    home = Home(detectors=DETECTORS)
    home.feed([row("weight", T0, 80)])
    assert hours(home) == {}
    assert home.world.bank._ward.hours.rows.size == 0


@given(st.integers(0, 9000).map(lambda n: T0 // HOUR + n))
def test_local_hours_are_those_on_the_wall(first: int):
    at = np.arange(first, first + 30)
    for zone, ahead in (("UTC", 0), ("Asia/Kolkata", 5)):
        assert (Zones().local(zone, at) - at).tolist() == [ahead] * 30


def test_clocks_are_changed_between_two_hours():
    before = parse_time("2026-03-29T01:00:00Z") // HOUR  # in London the clocks go forward on this stroke
    assert (Zones().local("Europe/London", np.array([before, before + 1])) - before).tolist() == [0, 2]
    assert hour_of(np.array([before * HOUR])).tolist() == [before]


def test_a_store_that_is_down_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    home = Home(detectors=DETECTORS)
    home.restart(T0)
    rows = [row("heart_rate", T0 + i * MINUTE, 70) for i in range(30)]
    home.feed(rows, T0 + HOUR)
    home.feed(rows[:3], T0 + HOUR)  # older than what the ring holds: counted or not, nobody here can tell
    whole = home.past.hourly

    def down(*_: Any) -> Any:
        raise UnavailableError("no store")

    monkeypatch.setattr(home.past, "hourly", down)
    home.sweep(T0 + HOUR + 2 * MINUTE)
    monkeypatch.setattr(home.past, "hourly", whole)
    home.feed([row("heart_rate", T0 + MINUTE + SECOND, 99, quality=LATE)], T0 + HOUR + 3 * MINUTE)
    home.sweep(T0 + 2 * HOUR + 2 * MINUTE)
    assert [count for _, _, count, *_ in hours(home)["p1", 0]] == [1, 30]
