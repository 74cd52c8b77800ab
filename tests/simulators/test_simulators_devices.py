import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.devices import DEVICES, Model, cgm, hub, thermometer
from simulators.devices.button import press
from simulators.devices.model import to_json
from simulators.patient import Cohort
from vitals.agency import DeviceType
from vitals.intake import EventType
from vitals.signals import BY_NAME
from vitals.times import parse_time
from vitals.units import convert

START = parse_time("2026-11-22T12:00:00Z")
MEASURING = [model for model in DEVICES if model.sensors]


@pytest.mark.parametrize("model", MEASURING, ids=lambda model: model.name)
def test_payloads_say_what_was_measured_in_known_signals_and_units(model: Model):
    cohort, rng = Cohort(50, 1, START), np.random.default_rng(1)
    true = cohort.latest[model.codes]
    times = START + np.arange(50)
    for i, payload in enumerate(model.encode(times, np.arange(50), model.measure(true, rng))):
        said = json.loads(payload)
        assert parse_time(said["time"]) == START + i
        assert said["seq"] == i
        assert list(said["vitals"]) == [sensor.signal for sensor in model.sensors]
        for row, (name, given_) in enumerate(said["vitals"].items()):
            signal = BY_NAME[name]
            value = convert(signal, given_["value"], given_["unit"]) if isinstance(given_, dict) else given_
            assert signal.low <= value <= signal.high
            assert value == pytest.approx(true[row, i], abs=max(8.0, 0.2 * value))


@pytest.mark.parametrize("model", MEASURING, ids=lambda model: model.name)
@given(numbers=st.lists(st.floats(20, 44), min_size=10, max_size=10), seq=st.integers(0, 10**9))
def test_the_fast_and_the_plain_way_write_the_same_payload(model: Model, numbers: list[float], seq: int):
    shown = np.array([round(v, s.decimals) for v, s in zip(numbers, model.sensors, strict=False)])[:, None]
    fast = model.encode(np.array([START]), np.array([seq]), shown)[0]
    named = {s.signal: float(v) for s, v in zip(model.sensors, shown[:, 0], strict=True)}
    assert json.loads(fast) == json.loads(to_json(model.sample(START, seq, named)))


def test_values_are_rounded_as_the_device_rounds():
    true = np.array([[36.64]])
    shown = thermometer().measure(true, np.random.default_rng(0))
    assert shown[0, 0] == round(shown[0, 0], 1)
    assert shown[0, 0] == pytest.approx(97.95, abs=0.8)


def test_a_stream_is_waited_for_and_a_cuff_is_not():
    assert hub(5_000).patience == 300_000
    assert hub(600_000).patience == 2_400_000
    assert cgm().patience == 20 * 60_000
    assert {model.type for model in DEVICES if model.patience is None} == {
        DeviceType.CUFF,
        DeviceType.THERMOMETER,
        DeviceType.SCALE,
        DeviceType.GLUCOSE_METER,
        DeviceType.BUTTON,
    }


def test_the_button_sends_events_of_the_format():
    assert json.loads(press(START, EventType.SOS)) == {"time": "2026-11-22T12:00:00.000Z", "event": "sos"}
