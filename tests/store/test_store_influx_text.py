"""Line protocol and Flux as text: nothing that comes from outside can step out of its place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.influx_flux import aggregate_query, count_query, latest_query, quote, series_query, stamp, window_query
from store.influx_lines import LineWriter, escape_tag
from vitals.batch import Batch
from vitals.errors import BadDataError
from vitals.series import SeriesKey, SeriesTable

_LITERAL = re.compile(r'"((?:[^"\\$]|\\x24|\\[\\"nrt])*)"')
_MEANS = {r"\\": "\\", r"\"": '"', r"\x24": "$", r"\n": "\n", r"\r": "\r", r"\t": "\t"}


def unquote(literal: str) -> str:
    """A Flux string literal as Flux reads it, by an independent road."""
    matched = _LITERAL.fullmatch(literal)
    assert matched, literal
    return re.sub(r"\\x24|\\.", lambda found: _MEANS[found[0]], matched[1])


@given(st.text())
def test_a_quoted_text_is_one_literal_that_means_that_text(text: str) -> None:
    assert unquote(quote(text)) == text


@given(st.text(min_size=1), st.text())
def test_no_identifier_steps_out_of_a_query(patient: str, device: str) -> None:
    plain = window_query("vitals", 0, 1, [SeriesKey("p1", "d1", 1)])
    hostile = window_query("vitals", 0, 1, [SeriesKey(patient, device, 1)])
    assert _LITERAL.sub('""', hostile) == _LITERAL.sub('""', plain)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20))
def test_a_tag_is_refused_or_read_back_as_it_was(text: str) -> None:
    try:
        escaped = escape_tag("patient", text)
    except BadDataError:
        assert "\\" in text or not text.isprintable()
        return
    assert re.fullmatch(r"(?:[^,= \\]|\\[,= ])+", escaped)
    assert re.sub(r"\\([,= ])", r"\1", escaped) == text


@pytest.mark.parametrize("value", ["", "a\nb", "a\\", "a\x00b"])
def test_what_no_tag_can_hold_is_named(value: str) -> None:
    with pytest.raises(BadDataError, match="patient"):
        escape_tag("patient", value)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**40), 2**42), st.integers(0, 255))
def test_a_line_holds_exactly_the_reading(value: float, time: int, quality: int) -> None:
    table = SeriesTable([SeriesKey("p1", "d1", 0)])
    line = LineWriter(table).body(Batch.of([0], [time], [value], [time + 1], [quality])).decode()
    matched = re.fullmatch(
        r"vitals,device=d1,patient=p1,signal=heart_rate value=(\S+),received=(-?\d+)i,quality=(\d+)i (-?\d+)", line
    )
    assert matched
    assert (float(matched[1]), int(matched[2]), int(matched[3]), int(matched[4])) == (value, time + 1, quality, time)


def test_times_beyond_nanoseconds_are_held_at_the_ends() -> None:
    assert stamp(-(10**15)) == "1677-09-21T00:12:44.000Z"
    assert stamp(10**15) == "2262-04-11T23:47:16.000Z"


@pytest.mark.parametrize(
    "query",
    [
        window_query("b", 0, 1),
        latest_query("b"),
        series_query("b"),
        count_query("b"),
        aggregate_query("b", 0, 1, 60_000, [SeriesKey("p1", "", 1)]),
    ],
)
def test_brackets_balance(query: str) -> None:
    text = _LITERAL.sub('""', query)
    assert all(text.count(left) == text.count(right) for left, right in ("()", "[]", "{}"))
