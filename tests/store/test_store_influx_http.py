"""What InfluxReadings says to a server and how it takes each answer, faults included."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from store.influx import ROWS_A_WRITE, InfluxReadings
from store.influx_faults import Refusal
from tests.store.influx_server import BUCKET, HANG, Influx, serving
from vitals.batch import Batch, Quality
from vitals.errors import BadDataError, UnavailableError

T0 = 1_795_305_600_000
WRITE = "/api/v2/write"
HEADER = b",result,table,_time,_value,_field,device,patient,signal\r\n"


@pytest.fixture
def influx() -> Iterator[Influx]:
    with serving() as server:
        yield server


def one(store: InfluxReadings, value: float = 97.5) -> Batch:
    return Batch.of([store.series.code("p1", "oximeter-1", 1)], [T0], [value], [T0 + 40], [int(Quality.LATE)])


def test_a_batch_is_one_write_with_the_token_in_its_header_only(influx: Influx) -> None:
    with InfluxReadings(influx.target()) as store:
        store.append(one(store))
    assert influx.writes() == [
        f"vitals,device=oximeter-1,patient=p1,signal=spo2 value=97.5,received={T0 + 40}i,quality=1i {T0}"
    ]
    asked = influx.asked[-1]
    assert asked.query == {"org": ["care"], "bucket": ["vitals"], "precision": ["ms"]}
    assert asked.headers["Authorization"] == "Token t0p-secret"


def test_a_large_batch_is_packed_and_split(influx: Influx) -> None:
    count = ROWS_A_WRITE + 5
    with InfluxReadings(influx.target()) as store:
        code = store.series.code("p1", "d1", 0)
        store.append(Batch.of([code] * count, range(T0, T0 + count), [60.0] * count, [T0] * count))
    writes = [asked for asked in influx.asked if asked.path == WRITE]
    assert [asked.body.count(b"\n") + 1 for asked in writes] == [ROWS_A_WRITE, 5]
    assert writes[0].headers["Content-Encoding"] == "gzip"


def test_an_empty_batch_asks_nothing(influx: Influx) -> None:
    with InfluxReadings(influx.target()) as store:
        store.append(Batch.empty())
    assert influx.writes() == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_waited_out(influx: Influx, status: int) -> None:
    influx.script[WRITE] = [(status, {"message": "busy"}), (status, {"message": "busy"}), (204, b"")]
    with InfluxReadings(influx.target()) as store:
        store.append(one(store))
    assert len(influx.writes()) == 3
    assert len(set(influx.writes())) == 1


def test_a_lasting_fault_ends_at_the_bound_without_the_token(influx: Influx) -> None:
    influx.script[WRITE] = [(503, {"message": "overloaded"})]
    with InfluxReadings(influx.target(patience=200)) as store, pytest.raises(UnavailableError) as caught:
        store.append(one(store))
    said = str(caught.value)
    assert "overloaded" in said
    assert influx.url in said
    assert "'care'" in said
    assert "'vitals'" in said
    assert "t0p-secret" not in said


def test_a_server_that_never_answers_is_given_up(influx: Influx) -> None:
    influx.script[WRITE] = [(HANG, b"")]
    with (
        InfluxReadings(influx.target(timeout=100, patience=100)) as store,
        pytest.raises(UnavailableError, match="timed out"),
    ):
        store.append(one(store))


def test_no_server_at_all_is_named_at_open(influx: Influx) -> None:
    target = influx.target(url="http://user:hush@127.0.0.1:9", patience=100)
    with pytest.raises(
        UnavailableError, match=r"http://127.0.0.1:9 \(org 'care'.*does not answer \(connection refused"
    ) as caught:
        InfluxReadings(target)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (401, "unauthorized access", "token_file"),
        (403, "insufficient permissions", "read and write on the bucket"),
        (404, "bucket not found", "store.bucket"),
        (400, "unable to parse", "own log"),
        (413, "too large", "size of a request"),
        (422, 'partial write: field type conflict: input field "value" dropped=1', "bucket of its own"),
    ],
)
def test_a_refusal_is_not_retried_and_names_the_remedy(influx: Influx, status: int, message: str, remedy: str) -> None:
    influx.script[WRITE] = [(status, {"message": message})]
    with InfluxReadings(influx.target()) as store, pytest.raises(Refusal, match=remedy) as caught:
        store.append(one(store))
    assert caught.value.status == status
    assert len(influx.writes()) == 1
    assert "t0p-secret" not in str(caught.value)


def test_readings_beyond_the_buckets_retention_are_accepted_and_logged(influx: Influx) -> None:
    words = (
        "failure writing points to database: partial write: dropped 1 points outside retention policy of ... dropped=1"
    )
    influx.script[WRITE] = [(422, {"message": words})]
    with InfluxReadings(influx.target()) as store, capture_logs() as logs:
        store.append(one(store))
    assert logs == [
        {"event": "readings_older_than_retention", "log_level": "warning", "bucket": "vitals", "count": 1},
    ]


def test_a_value_that_is_no_number_is_refused_before_it_is_sent(influx: Influx) -> None:
    with InfluxReadings(influx.target()) as store, pytest.raises(BadDataError, match="spo2 of patient 'p1' is nan"):
        store.append(one(store, float("nan")))
    assert influx.writes() == []


def test_a_missing_bucket_is_made(influx: Influx) -> None:
    influx.script["/api/v2/buckets"] = [(200, {"buckets": []}), (201, BUCKET)]
    InfluxReadings(influx.target()).close()
    made = [asked for asked in influx.asked if (asked.method, asked.path) == ("POST", "/api/v2/buckets")]
    assert len(made) == 1
    assert b'"orgID": "1111111111111111"' in made[0].body


def test_a_bucket_that_may_not_be_made_is_a_refusal(influx: Influx) -> None:
    influx.script["/api/v2/buckets"] = [(404, {"message": "bucket not found"}), (403, {"message": "forbidden"})]
    with pytest.raises(Refusal, match="give it read and write"):
        InfluxReadings(influx.target())


def test_a_missing_organisation_is_a_refusal(influx: Influx) -> None:
    influx.script["/api/v2/buckets"] = [(200, {"buckets": []})]
    influx.script["/api/v2/orgs"] = [(200, {"orgs": []})]
    with pytest.raises(Refusal, match="no such organisation"):
        InfluxReadings(influx.target())


def test_the_series_are_known_again_at_open(influx: Influx) -> None:
    rows = [
        b",_result,0,2026-11-22T00:00:00Z,%d,value,%s,%s,spo2\r\n" % row
        for row in ((97, b"-", b"p2"), (96, b"o1", b"p1"))
    ]
    influx.script["/api/v2/query"] = [(200, HEADER + b"".join(rows) + b"\r\n")]
    with InfluxReadings(influx.target()) as store:
        assert store.series.keys == [("p1", "o1", 1), ("p2", "", 1)]


def test_a_query_that_breaks_off_is_an_error_not_a_short_answer(influx: Influx) -> None:
    with InfluxReadings(influx.target()) as store:
        row = b",_result,0,2026-11-22T00:00:00Z,97,value,o1,p1,spo2\r\n"
        influx.script["/api/v2/query"] = [(200, HEADER + row + b"\r\nerror,reference\r\nout of memory,\r\n")]
        with pytest.raises(UnavailableError):
            store.window(T0, T0 + 1)
        influx.script["/api/v2/query"] = [(200, b"error,reference\r\nruntime fault,897\r\n")]
        with pytest.raises(UnavailableError, match="runtime fault"):
            store.latest()


def test_many_series_are_asked_for_some_at_a_time(influx: Influx) -> None:
    with InfluxReadings(influx.target()) as store:
        codes = [store.series.code(f"p{n}", "", 0) for n in range(450)]
        asked = len(influx.flux())
        assert len(store.window(T0, T0 + 1, codes)) == 0
        assert len(influx.flux()) - asked == 3
        assert len(store.window(T0, T0 + 1, [])) == 0
        assert len(influx.flux()) - asked == 3
