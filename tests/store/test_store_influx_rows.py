"""Answers of InfluxDB as columns."""

import numpy as np

from store.influx_rows import Rows, read_count, read_rows, to_aggregates, to_batch
from vitals.batch import Batch
from vitals.series import SeriesKey, SeriesTable

HEADER = ",result,table,_time,_value,_field,device,patient,signal"


def answer(*rows: str) -> bytes:
    return ("\r\n".join([HEADER, *(f",_result,0,{row}" for row in rows)]) + "\r\n\r\n").encode()


def columns(batch: Batch) -> list[tuple[float, ...]]:
    return list(zip(*(column.tolist() for column in batch.columns), strict=True))


def test_the_fields_of_a_reading_come_together_whatever_their_order() -> None:
    table = SeriesTable([SeriesKey("p2", "d", 1), SeriesKey("p1", "", 0)])
    rows = read_rows(
        answer(
            "1970-01-01T00:00:01.5Z,1,quality,-,p1,heart_rate",
            "1970-01-01T00:00:01Z,97.5,value,d,p2,spo2",
            "1970-01-01T00:00:01.5Z,1600,received,-,p1,heart_rate",
            "1970-01-01T00:00:01Z,0,quality,d,p2,spo2",
            "1970-01-01T00:00:01.5Z,60,value,-,p1,heart_rate",
            "1970-01-01T00:00:01Z,1002,received,d,p2,spo2",
        ),
        table,
    )
    assert columns(to_batch(rows)) == [(0, 1000, 97.5, 1002, 0), (1, 1500, 60.0, 1600, 1)]


def test_readings_that_another_program_wrote_lack_fields_and_still_count() -> None:
    rows = read_rows(
        answer(
            "1970-01-01T00:00:01Z,60,value,,p1,heart_rate",
            "1970-01-01T00:00:02Z,61,value,,p1,heart_rate",
            "1970-01-01T00:00:02Z,2005,received,,p1,heart_rate",
            "1970-01-01T00:00:02Z,1,value,,p1,shoe_size",
            "1970-01-01T00:00:02Z,1,value,,,heart_rate",
        ),
        table := SeriesTable(),
    )
    assert columns(to_batch(rows)) == [(0, 1000, 60.0, 1000, 0), (0, 2000, 61.0, 2005, 0)]
    assert table.keys == [("p1", "", 0)]


def test_a_column_that_no_row_has_is_empty() -> None:
    body = b",result,table,_time,_value,_field,patient,signal\r\n,,0,1970-01-01T00:00:01Z,60,value,p1,heart_rate\r\n"
    assert columns(to_batch(read_rows(body, SeriesTable()))) == [(0, 1000, 60.0, 1000, 0)]


def test_new_series_get_their_codes_by_name_not_by_the_order_of_the_answer() -> None:
    rows = ("1970-01-01T00:00:01Z,1,value,-,p2,spo2", "1970-01-01T00:00:01Z,1,value,-,p1,spo2")
    tables = []
    for order in (rows, rows[::-1]):
        read_rows(answer(*order), table := SeriesTable())
        tables.append(table.keys)
    assert tables[0] == tables[1] == [("p1", "", 1), ("p2", "", 1)]


def test_nothing_is_nothing() -> None:
    assert len(to_batch(read_rows(b"\r\n", SeriesTable()))) == 0
    assert len(to_aggregates(Rows.concat([]), 1000)) == 0
    assert read_count(b"") == 0


def test_a_count_is_summed_over_its_rows() -> None:
    assert read_count(b",result,table,_value\r\n,_result,0,2\r\n,_result,1,3\r\n") == 5


def test_answers_with_their_fields_numbered_differently_join() -> None:
    table = SeriesTable()
    first = read_rows(
        answer("1970-01-01T00:00:01Z,60,value,d,p1,heart_rate", "1970-01-01T00:00:01Z,7,received,d,p1,heart_rate"),
        table,
    )
    second = read_rows(
        answer("1970-01-01T00:00:02Z,8,received,d,p1,heart_rate", "1970-01-01T00:00:02Z,61,value,d,p1,heart_rate"),
        table,
    )
    assert columns(to_batch(Rows.concat([first, second]))) == [(0, 1000, 60.0, 7, 0), (0, 2000, 61.0, 8, 0)]


def test_the_first_bucket_begins_at_its_multiple_though_influx_cuts_it() -> None:
    rows = [
        f"1970-01-01T00:{minute}:00Z,{value},{name},d,p1,spo2"
        for minute, value in ((20, 2.0),)
        for name in ("count", "mean", "min", "max")
    ]
    found = to_aggregates(read_rows(answer(*rows), SeriesTable()), 3_600_000)
    assert (found.time.tolist(), found.count.tolist()) == ([0], [2])
    assert np.array_equal(found.mean, [2.0])
