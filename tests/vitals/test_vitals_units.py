"""Units and times: there and back, and never a guess."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitals.signals import BY_LOINC, BY_MDC, BY_NAME, SIGNALS
from vitals.times import iso, parse_duration, parse_time, show_duration
from vitals.units import SPELLINGS, UnitError, convert, every_conversion


@pytest.mark.parametrize(
    ("signal", "value", "unit", "expected"),
    [
        ("temperature", 98.6, "[degF]", 37.0),
        ("temperature", 310.15, "K", 37.0),
        ("weight", 154.3236, "[lb_av]", 70.0),
        ("glucose", 5.5, "mmol/L", 99.09),
        ("systolic_bp", 16.0, "kPa", 120.01),
        ("spo2", 0.97, "{fraction}", 97.0),
        ("oxygen_flow", 2000, "mL/min", 2.0),
        ("heart_rate", 72, "bpm", 72.0),
    ],
)
def test_known_conversions(signal: str, value: float, unit: str, expected: float):
    assert convert(BY_NAME[signal], value, unit) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("tenths", range(950, 1060, 9))
def test_whole_degrees_fahrenheit_lie_on_whole_tenths_of_a_degree_celsius(tenths: int):
    """So that 100.4 °F is 38.0 °C, which is not above 38.0 °C."""
    exact = convert(BY_NAME["temperature"], tenths / 10, "[degF]")
    assert exact == pytest.approx((tenths - 320) * 5 / 90, abs=1e-6)
    assert convert(BY_NAME["temperature"], 100.4, "[degF]") == 38.0


@given(st.sampled_from(every_conversion()), st.floats(-1e6, 1e6))
def test_every_conversion_keeps_order_and_is_finite(conversion: tuple, value: float):
    signal, unit, factor, _ = conversion
    assert factor > 0
    assert math.isfinite(convert(signal, value, unit))
    assert convert(signal, value, unit) <= convert(signal, value + 1, unit)


@given(st.text(max_size=12))
def test_an_unknown_unit_is_refused_and_the_known_ones_named(unit: str):
    signal = BY_NAME["weight"]
    known = {"kg", "g", "[lb_av]", "[stone_av]"} | {s for s, u in SPELLINGS.items() if u in {"[lb_av]", "[stone_av]"}}
    if unit not in known:
        with pytest.raises(UnitError, match="send kg"):
            convert(signal, 1.0, unit)


def test_codes_are_unique_and_signals_in_the_order_of_their_codes():
    assert [s.code for s in SIGNALS] == list(range(len(SIGNALS)))
    assert len({s.name for s in SIGNALS}) == len(SIGNALS)
    assert BY_LOINC["2708-6"] is BY_LOINC["59408-5"] is BY_NAME["spo2"]
    assert BY_MDC[150456] is BY_NAME["spo2"]
    assert all(s.low < s.high for s in SIGNALS)


@given(st.integers(0, 4_102_444_800_000))
def test_times_there_and_back(ms: int):
    assert parse_time(iso(ms)) == ms


@given(st.integers(0, 10**12))
def test_durations_there_and_back(ms: int):
    assert parse_duration(show_duration(ms)) == ms


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "5x", "1h 30m", "-5m", "1.5.2s"])
def test_what_is_no_duration_says_how_to_write_one(text: str):
    with pytest.raises(ValueError, match="20s, 5m"):
        parse_duration(text)
