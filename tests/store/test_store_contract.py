"""What every readings store promises, whichever engine is below (see conftest.FACTORIES)."""

from typing import Any

import numpy as np

from vitals.batch import Batch, Quality
from vitals.times import DAY, HOUR, MINUTE

T0 = 1_795_305_600_000  # 2026-11-22T00:00:00Z


def rows(batch: Batch) -> list[tuple[Any, ...]]:
    return list(zip(*(column.tolist() for column in batch.columns), strict=True))


def fill(store: Any, *readings: tuple[int, int, float]) -> None:
    """Append readings (patient number, ms after T0, value) of heart rate, received a second later."""
    series = [store.series.code(f"p{patient}", "monitor-1", 0) for patient, _, _ in readings]
    times = np.array([T0 + time for _, time, _ in readings], np.int64)
    store.append(Batch.of(series, times, [value for _, _, value in readings], times + 1000))


def test_an_appended_reading_comes_back_whole(store: Any) -> None:
    code = store.series.code("p1", "oximeter-1", 1)
    store.append(Batch.of([code], [T0], [97.5], [T0 + 40], [int(Quality.LATE | Quality.TIME_CORRECTED)]))
    assert rows(store.window(T0, T0 + 1)) == [(code, T0, 97.5, T0 + 40, int(Quality.LATE | Quality.TIME_CORRECTED))]


def test_a_window_is_half_open_and_sorted_by_series_and_time(store: Any) -> None:
    fill(store, (2, 20, 62.0), (1, 30, 53.0), (1, 10, 51.0), (2, 10, 61.0), (1, 20, 52.0))
    one, two = store.series.code("p1", "monitor-1", 0), store.series.code("p2", "monitor-1", 0)
    window = store.window(T0 + 10, T0 + 30)
    assert list(zip(window.series.tolist(), (window.time - T0).tolist(), strict=True)) == sorted(
        [(two, 20), (one, 10), (two, 10), (one, 20)]
    )


def test_a_window_keeps_to_the_series_asked_for(store: Any) -> None:
    fill(store, (1, 0, 51.0), (2, 0, 61.0), (3, 0, 71.0))
    codes = [store.series.code(f"p{n}", "monitor-1", 0) for n in (1, 3)]
    assert set(store.window(T0, T0 + 1, codes).value.tolist()) == {51.0, 71.0}
    assert len(store.window(T0, T0 + 1, np.array(codes))) == 2
    assert len(store.window(T0, T0 + 1, [])) == 0
    assert len(store.window(T0 + 1, T0 + 1)) == 0


def test_a_redelivered_reading_changes_nothing(store: Any) -> None:
    fill(store, (1, 0, 51.0), (1, 0, 52.0))
    fill(store, (1, 0, 53.0))
    store.flush()
    fill(store, (1, 0, 54.0))
    assert store.window(T0, T0 + 1).value.tolist() == [51.0]
    assert store.count() == 1
    store.flush()
    assert store.window(T0, T0 + 1).value.tolist() == [51.0]
    assert store.count() == 1


def test_a_reading_redelivered_months_later_changes_nothing(store: Any) -> None:
    fill(store, *((1, day * DAY, 50.0 + day) for day in range(100)))
    store.flush()
    fill(store, (1, 100 * DAY, 150.0), (1, 3 * DAY, 99.0), (2, 3 * DAY, 98.0))
    assert store.count() == 102
    store.flush()
    assert store.count() == 102
    assert store.window(T0 + 3 * DAY, T0 + 4 * DAY).value.tolist() == [53.0, 98.0]


def test_readings_out_of_order_and_ten_years_apart(store: Any) -> None:
    fill(store, (1, 3650 * DAY, 3.0), (1, 0, 1.0), (1, DAY, 2.0))
    store.flush()
    fill(store, (1, -3650 * DAY, 0.0))
    assert store.window(T0 - 4000 * DAY, T0 + 4000 * DAY).value.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert store.latest().value.tolist() == [3.0]


def test_latest_is_the_newest_by_time_not_by_arrival(store: Any) -> None:
    fill(store, (1, 20, 52.0), (2, 5, 61.0))
    store.flush()
    fill(store, (1, 10, 51.0), (2, 6, 62.0), (3, 1, 71.0))
    latest = store.latest()
    assert sorted(latest.value.tolist()) == [52.0, 62.0, 71.0]
    assert latest.series.tolist() == sorted(latest.series.tolist())
    assert store.latest([store.series.code("p2", "monitor-1", 0)]).value.tolist() == [62.0]


def test_latest_keeps_the_first_of_two_with_one_time(store: Any) -> None:
    fill(store, (1, 20, 52.0))
    fill(store, (1, 20, 59.0))
    assert store.latest().value.tolist() == [52.0]


def test_aggregate_counts_each_reading_once_in_its_bucket(store: Any) -> None:
    fill(store, (1, 0, 50.0), (1, 30 * MINUTE, 60.0), (2, HOUR, 70.0))
    store.flush()
    fill(store, (1, 0, 999.0), (1, 59 * MINUTE, 100.0), (1, 2 * HOUR, 80.0))
    one, two = store.series.code("p1", "monitor-1", 0), store.series.code("p2", "monitor-1", 0)
    found = store.aggregate(T0, T0 + 2 * HOUR, HOUR)
    columns = (found.series, found.time, found.count, found.mean, found.min, found.max)
    got = list(zip(*(column.tolist() for column in columns), strict=True))
    assert got == sorted([(one, T0, 3, 70.0, 50.0, 100.0), (two, T0 + HOUR, 1, 70.0, 70.0, 70.0)])
    assert len(store.aggregate(T0, T0 + 2 * HOUR, HOUR, [two])) == 1
    assert len(store.aggregate(T0, T0 + 2 * HOUR, HOUR, [])) == 0


def test_hours_end_on_the_stroke_and_leave_artefacts_out(store: Any) -> None:
    spo2, sugar = store.series.code("p1", "oximeter", 1), store.series.code("p1", "", 6)
    quality = np.array([0, int(Quality.LATE), int(Quality.ARTEFACT), 0, 0], np.uint8)
    times = [T0, T0 + 1, T0 + 2, T0 + HOUR, T0 + HOUR]
    store.append(Batch.of([spo2] * 4 + [sugar], times, [96.5, 89.0, 40.0, 91.0, 69.9], times, quality))
    hour = T0 // HOUR
    found = store.hourly(hour, hour + 1, {"spo2": 90.0, "glucose": 70.0})
    assert found.series.tolist() == [spo2, spo2, sugar]
    assert (found.hour - hour).tolist() == [0, 1, 1]
    assert (found.count.tolist(), found.mean.tolist()) == ([1, 2, 1], [96.5, 90.0, 69.9])
    assert (found.below.tolist(), found.fresh.tolist()) == ([0, 1, 1], [1, 1, 1])
    assert store.hourly(hour, hour, {}, [sugar, spo2]).count.tolist() == [1]
    assert len(store.hourly(hour, hour + 1, {}, [])) == len(store.hourly(hour, hour - 1, {})) == 0


def test_hours_count_merged_and_waiting_readings_alike(store: Any) -> None:
    code, hour = store.series.code("p1", "oximeter", 1), T0 // HOUR
    store.append(Batch.of([code, code], [T0 + 1, T0 + 2], [88.0, 96.1237], [T0, T0]))
    store.flush()
    store.append(Batch.of([code, code], [T0 + 2, T0 + 3], [96.1237, 97.0], [T0, T0]))
    found = store.hourly(hour, hour + 1, {"spo2": 90.0}, [code])
    assert (found.count.tolist(), found.below.tolist(), found.fresh.tolist()) == ([3], [1], [3])
    assert round(float(found.mean[0]) * 3, 4) == 281.1237


def test_an_aggregate_bucket_starts_at_a_multiple_of_its_width(store: Any) -> None:
    fill(store, (1, 61 * MINUTE, 50.0), (1, 119 * MINUTE, 70.0))
    found = store.aggregate(T0 + 90 * MINUTE, T0 + 3 * HOUR, HOUR)
    assert (found.time.tolist(), found.mean.tolist()) == ([T0 + HOUR], [70.0])


def test_retain_deletes_what_is_older_and_says_how_many(store: Any) -> None:
    fill(store, (1, 0, 1.0), (1, DAY, 2.0), (2, DAY - 1, 3.0))
    store.flush()
    fill(store, (1, 1, 4.0), (1, 2 * DAY, 5.0))
    assert store.retain(T0 + DAY) == 3
    assert store.window(T0 - DAY, T0 + 9 * DAY).value.tolist() == [2.0, 5.0]
    assert store.latest().value.tolist() == [5.0]
    assert store.count() == 2
    assert store.retain(T0 + DAY) == 0


def test_an_empty_batch_is_nothing(store: Any) -> None:
    store.append(Batch.empty())
    store.flush()
    assert store.count() == 0
    assert len(store.latest()) == 0
    assert len(store.window(0, T0)) == 0
    assert len(store.aggregate(0, T0, HOUR)) == 0
    assert store.retain(T0) == 0


def test_everything_is_there_again_after_a_restart(opener: Any) -> None:
    store = opener()
    fill(store, (1, 0, 51.0), (2, 0, 61.0))
    store.flush()
    fill(store, (3, 5, 71.0))
    keys, before = list(store.series.keys), rows(store.window(T0, T0 + 10))
    store.close()
    again = opener()
    assert again.series.keys == keys
    assert rows(again.window(T0, T0 + 10)) == before
    assert again.count() == 3
    assert again.latest().value.tolist() == [51.0, 61.0, 71.0]
    fill(again, (3, 5, 99.0))
    assert again.count() == 3
