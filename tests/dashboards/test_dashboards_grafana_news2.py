"""The NEWS2 bands of the dashboard against the printed table (Royal College of Physicians, 2017)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.grafana.news2 import BANDS, PARTS, news2, points
from detectors.early_warning import news2_score
from vitals.signals import ACVPU

PRINTED = {
    "respiration_rate": {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3},
    "spo2": {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0},
    "oxygen_flow": {0: 0, 2: 2},
    "systolic_bp": {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3},
    "heart_rate": {40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3},
    "consciousness": {0: 0, 1: 3, 2: 3, 3: 3, 4: 3},
    "temperature": {35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2},
}


@pytest.mark.parametrize(("signal", "value", "expected"), [(s, v, p) for s, t in PRINTED.items() for v, p in t.items()])
def test_points_are_as_printed(signal: str, value: float, expected: int) -> None:
    assert points(signal, value) == expected


@given(signal=st.sampled_from(sorted(BANDS)), value=st.floats(0, 300))
def test_points_agree_with_the_service(signal: str, value: float) -> None:
    if signal == "consciousness":
        index = int(value) % len(ACVPU)
        assert news2_score({signal: ACVPU[index]}, on_oxygen=False, scale=1).total == points(signal, index)
    elif signal == "oxygen_flow":
        assert news2_score({}, on_oxygen=value > 0, scale=1).total == points(signal, value)
    else:
        assert news2_score({signal: value}, on_oxygen=False, scale=1).total == points(signal, value)


def test_the_query_counts_every_part() -> None:
    query = news2()
    assert PARTS == 7
    assert all(query.count(f'r.signal == "{signal}"') == 2 for signal in BANDS)
    assert "of 7 parts" in query
