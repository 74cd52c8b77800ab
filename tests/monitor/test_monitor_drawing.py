"""Pictures: words that lie on nothing, and lines that do not run over what is missing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.drawing import Moment, lanes, line, panels
from vitals.finding import Severity
from vitals.times import MINUTE

PARTS = st.floats(0, 1, allow_nan=False)
SPAN = np.datetime64("2026-03-01T00:00"), np.datetime64("2026-03-01T03:00")


@given(st.lists(st.tuples(PARTS, st.floats(0.01, 0.4)), max_size=12))
def test_no_word_lies_on_another_of_its_lane(words: list[tuple[float, float]]):
    places, widths = [p for p, _ in words], [w for _, w in words]
    rows = lanes(places, widths)
    covered = [(p - w, p) if p + w > 1 else (p, p + w) for p, w in words]
    for i, (begin, end) in enumerate(covered):
        beside = [covered[j] for j in range(i) if rows[j] == rows[i]]
        assert all(end <= other[0] or other[1] <= begin for other in beside)


def test_a_line_breaks_where_readings_are_missing():
    _, (axis,) = panels(1, "spo2", SPAN)
    times = [*range(15), *range(30, 45)]
    line(axis, np.array(times) * MINUTE, np.full(30, 97.0), "spo2")
    assert np.flatnonzero(np.isnan(axis.lines[0].get_ydata())).tolist() == [15]


def test_a_scale_used_twice_each_day_draws_a_line_from_day_to_day():
    _, (axis,) = panels(1, "weight", SPAN)
    times = [day * 1440 + again for day in range(5) for again in (0, 1)]
    line(axis, np.array(times) * MINUTE, np.full(10, 72.0), "weight")
    assert not np.isnan(axis.lines[0].get_ydata()).any()


def test_moments_of_one_time_stand_in_lanes_of_their_own():
    moments = [Moment(SPAN[0], Severity.LOW, "opened low"), Moment(SPAN[0], Severity.CLEAR, "resolved")]
    figure, _ = panels(1, "p1", SPAN, moments)
    heights = {text.xy[1] for text in figure.axes[0].texts}
    assert len(heights) == 2
