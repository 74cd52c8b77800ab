"""Series codes stay what they are; batches are columns that nobody changes."""

import threading

import numpy as np
import pytest

from vitals.batch import Batch
from vitals.clock import ManualClock, ScaledClock
from vitals.series import SeriesKey, SeriesTable


def test_codes_survive_a_reload_and_many_threads():
    table = SeriesTable()
    keys = [(f"p{i % 50}", f"d{i % 3}", i % 10) for i in range(3_000)]
    threads = [threading.Thread(target=lambda part=k: [table.code(*key) for key in keys[part::4]]) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(table) == len(set(keys))
    again = SeriesTable(table.keys)
    assert [again.code(*key) for key in table.keys] == list(range(len(table)))
    assert [table.patients[c] for c in table.patient_codes()] == [key.patient for key in table.keys]


def test_a_signal_outside_the_catalogue_is_refused():
    with pytest.raises(ValueError, match="not in the catalogue"):
        SeriesTable([SeriesKey("p", "d", 99)])


def test_a_batch_is_read_only_and_its_columns_agree():
    batch = Batch.of([0, 1], [1, 2], [3.0, 4.0], [5, 6])
    with pytest.raises(ValueError, match="read-only"):
        batch.value[0] = 1.0
    with pytest.raises(ValueError, match="differ in shape"):
        Batch.of([0], [1, 2], [3.0, 4.0], [5, 6])
    both = Batch.concat([batch, batch.take(np.array([True, False]))])
    assert both.series.tolist() == [0, 1, 0]


def test_a_manual_clock_wakes_who_waits_and_never_goes_back():
    clock, woken = ManualClock(1_000), []
    waiter = threading.Thread(target=lambda: woken.append(clock.wait(threading.Event(), 500)))
    waiter.start()
    clock.advance(500)
    waiter.join(5)
    assert woken == [False]
    with pytest.raises(ValueError, match="does not go back"):
        clock.set(0)


def test_two_scaled_clocks_of_one_origin_read_the_same():
    first = ScaledClock(1_000_000, 60.0)
    second = ScaledClock(1_000_000, 60.0, first.origin)
    before, between, after = first.now(), second.now(), first.now()
    assert before <= between <= after
