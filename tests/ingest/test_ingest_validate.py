"""Judging readings: as pure functions over columns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ingest.plausible import plausible
from ingest.skew import DeviceClocks
from ingest.validate import TimePolicy, first_of_each, judge
from vitals.batch import Batch, Quality
from vitals.intake import RejectReason
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import DAY, MINUTE

NOW = 1_795_321_268_000


def judged(times: list[int], values: list[float] | None = None, signal: int = 0) -> tuple[Batch, list[RejectReason]]:
    table = SeriesTable([("p1", "d1", signal)])
    n = len(times)
    rows = Batch.of([0] * n, times, values or [70.0] * n, [NOW] * n)
    batch, doubts = judge(rows, np.arange(n), table=table, policy=TimePolicy(), clocks=DeviceClocks())
    return batch, [d.reason for d in doubts]


def test_both_plausible_bounds_are_plausible() -> None:
    for s in SIGNALS:
        values = np.array([s.low, s.high, np.nextafter(s.low, -1e9), np.nextafter(s.high, 1e9)])
        assert plausible(np.full(4, s.code), values).tolist() == [True, True, False, False]


def test_what_is_no_finite_number_is_implausible() -> None:
    assert not plausible(np.zeros(3, int), np.array([np.nan, np.inf, -np.inf])).any()


def test_times_on_each_side_of_every_limit() -> None:
    policy = TimePolicy()
    good, reasons = judged([NOW + policy.ahead, NOW - policy.late_after])
    assert reasons == []
    assert good.quality.tolist() == [0, 0]
    late, reasons = judged([NOW - policy.late_after - 1, NOW - policy.max_age])
    assert reasons == []
    assert late.quality.tolist() == [Quality.LATE] * 2
    for bad in (NOW + policy.ahead + 1, NOW - policy.max_age - 1, 0, -(1 << 62)):
        assert judged([bad])[1] == [RejectReason.BAD_TIME]


def test_a_late_limit_longer_than_the_allowed_age_still_bounds_the_age() -> None:
    table = SeriesTable([("p1", "d1", 0)])
    rows = Batch.of([0], [NOW - 2 * DAY], [70.0], [NOW])
    policy = TimePolicy(late_after=3 * DAY, max_age=DAY)
    batch, doubts = judge(rows, np.arange(1), table=table, policy=policy, clocks=DeviceClocks())
    assert len(batch) == 0
    assert doubts[0].reason is RejectReason.BAD_TIME


def test_an_implausible_value_does_not_take_its_neighbours_along() -> None:
    batch, reasons = judged([NOW, NOW + 1, NOW + 2], [70.0, 999.0, 71.0])
    assert batch.value.tolist() == [70.0, 71.0]
    assert reasons == [RejectReason.IMPLAUSIBLE]


def test_a_zero_says_that_the_probe_is_off_and_is_kept_as_an_artefact() -> None:
    batch, reasons = judged([NOW, NOW + 1, NOW + 2], [70.0, 0.0, 71.0])
    assert batch.quality.tolist() == [0, Quality.ARTEFACT, 0]
    assert reasons == []
    assert judged([NOW, NOW + 1], [5.0, -1.0])[1] == [RejectReason.IMPLAUSIBLE] * 2
    for signal in ("weight", "glucose"):
        assert judged([NOW], [0.0], BY_NAME[signal].code)[1] == [RejectReason.IMPLAUSIBLE], "that is no vital sign"


def test_a_late_zero_is_late_and_an_artefact() -> None:
    batch, _ = judged([NOW - DAY], [0.0])
    assert batch.quality.tolist() == [Quality.ARTEFACT | Quality.LATE]


@given(
    hnp.arrays(np.int32, st.shared(st.integers(0, 80), key="n"), elements=st.integers(0, 3)),
    hnp.arrays(np.int64, st.shared(st.integers(0, 80), key="n"), elements=st.integers(0, 5)),
)
def test_the_first_of_each_identity_is_kept_in_order(series: np.ndarray, time: np.ndarray) -> None:
    seen: dict[tuple[int, int], int] = {}
    for row, key in enumerate(zip(series.tolist(), time.tolist(), strict=True)):
        seen.setdefault(key, row)
    assert first_of_each(series, time).tolist() == sorted(seen.values())


@given(st.lists(st.tuples(st.integers(-500 * DAY, 10 * MINUTE), st.floats(0, 400)), min_size=1, max_size=60))
def test_every_row_is_kept_or_doubted_or_a_repeat(rows: list[tuple[int, float]]) -> None:
    times, values = [NOW + t for t, _ in rows], [v for _, v in rows]
    batch, reasons = judged(times, values)
    assert len(batch) + len(reasons) >= len(set(times))
    assert len(batch) + len(reasons) <= len(rows)
    assert len(set(batch.time.tolist())) == len(batch)
