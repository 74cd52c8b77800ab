"""InfluxReadings on a real InfluxDB 2.x; skips where HOMEVIGIL_TEST_INFLUX_URL, _TOKEN and _ORG name none."""

import os
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from structlog.testing import capture_logs

from store.influx import InfluxReadings, InfluxTarget
from store.influx_faults import Refusal
from store.influx_link import InfluxLink, api
from vitals.batch import Batch
from vitals.times import DAY, HOUR, MINUTE

T0 = 1_795_305_600_000
NAMES = [f"HOMEVIGIL_TEST_INFLUX_{name}" for name in ("URL", "ORG", "TOKEN")]


@pytest.fixture
def target() -> Iterator[InfluxTarget]:
    """A bucket of this test's own, deleted after it."""
    missing = [name for name in NAMES if name not in os.environ]
    if missing:
        pytest.skip(f"needs an InfluxDB: {missing[0]} is not set")
    url, org, token = (os.environ[name] for name in NAMES)
    made = InfluxTarget(url, org, f"homevigil-test-{uuid4().hex[:12]}", token)
    yield made
    buckets = (link := InfluxLink(made)).client.buckets_api()
    if bucket := buckets.find_bucket_by_name(made.bucket):
        buckets.delete_bucket(bucket)
    link.close()


@pytest.fixture
def store(target: InfluxTarget) -> Iterator[InfluxReadings]:
    with InfluxReadings(target) as opened:
        yield opened


def fill(store: InfluxReadings, *readings: tuple[str, int, float]) -> None:
    series = [store.series.code(patient, "monitor-1", 0) for patient, _, _ in readings]
    times = np.array([T0 + time for _, time, _ in readings], np.int64)
    store.append(Batch.of(series, times, [value for _, _, value in readings], times + 1000))


def test_a_redelivered_reading_is_there_once_and_another_value_overwrites(store: InfluxReadings) -> None:
    fill(store, ("p1", 0, 51.0))
    fill(store, ("p1", 0, 51.0), ("p1", 0, 51.0))
    assert (store.count(), store.window(T0, T0 + 1).value.tolist()) == (1, [51.0])
    fill(store, ("p1", 0, 52.0))
    assert (store.count(), store.latest().value.tolist()) == (1, [52.0])


def test_aggregates_count_a_redelivered_reading_once(store: InfluxReadings) -> None:
    fill(store, ("p1", 0, 50.0), ("p1", 30 * MINUTE, 60.0), ("p2", HOUR, 70.0))
    fill(store, ("p1", 0, 50.0), ("p1", 59 * MINUTE, 100.0), ("p1", 2 * HOUR, 80.0))
    found = store.aggregate(T0, T0 + 2 * HOUR, HOUR)
    columns = (found.series, found.time - T0, found.count, found.mean, found.min, found.max)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == [
        (0, 0, 3, 70.0, 50.0, 100.0),
        (1, HOUR, 1, 70.0, 70.0, 70.0),
    ]


def test_series_and_readings_are_there_after_a_restart(target: InfluxTarget) -> None:
    with InfluxReadings(target) as store:
        fill(store, ("p1", 0, 51.0), ("p2", 0, 61.0), ("p3", 5, 71.0))
        keys = list(store.series.keys)
    with InfluxReadings(target) as again:
        assert again.series.keys == keys
        fill(again, ("p3", 5, 71.0))
        assert (again.count(), again.latest().value.tolist()) == (3, [51.0, 61.0, 71.0])


@pytest.mark.parametrize("patient", ['p"1', "p 1,a=b", "${x}", 'x") or true or ("', "pä-ü", "p'1#", "p$1{}", "%22"])
def test_any_identifier_that_is_accepted_is_found_again_alone(store: InfluxReadings, patient: str) -> None:
    fill(store, (patient, 0, 51.0), ("other", 0, 61.0))
    assert store.window(T0, T0 + 1, [0]).value.tolist() == [51.0]
    assert store.latest([0]).value.tolist() == [51.0]
    assert store.aggregate(T0, T0 + HOUR, HOUR, [0]).count.tolist() == [1]


def test_a_device_that_has_no_name_keeps_none(target: InfluxTarget) -> None:
    with InfluxReadings(target) as store:
        code = store.series.code("p1", "", 3)
        store.append(Batch.of([code], [T0], [36.6], [T0]))
        assert store.latest([code]).value.tolist() == [36.6]
    with InfluxReadings(target) as again:
        assert again.series.keys == [("p1", "", 3)]


def test_fifty_thousand_readings_come_back_as_they_were(store: InfluxReadings) -> None:
    count = 50_000
    series = [store.series.code(f"p{n}", "monitor-1", n % 8) for n in range(50)]
    values = np.random.default_rng(7).normal(70, 10, count)
    written = Batch.of(np.repeat(series, count // 50), T0 + np.arange(count) * 997, values, T0 + np.arange(count) * 998)
    store.append(written)
    found = store.window(T0, T0 + 10**9)
    assert all(np.array_equal(a, b) for a, b in zip(found.columns, written.columns, strict=True))
    assert store.count() == count
    assert store.retain(T0 + 997 * 25_000) == 25_000
    assert store.count() == 25_000


def test_a_field_of_another_type_is_a_refusal_with_its_remedy(target: InfluxTarget) -> None:
    with InfluxReadings(target) as store:
        store._link.write(f"vitals,patient=p1,device=monitor-1,signal=heart_rate value=true {T0 + 5}".encode())
        with pytest.raises(Refusal, match="a bucket of its own") as caught:
            fill(store, ("p1", 0, 51.0))
    assert caught.value.status == 422


def test_readings_beyond_retention_are_accepted_and_logged(target: InfluxTarget) -> None:
    InfluxReadings(target).close()
    link = InfluxLink(target)
    buckets = link.client.buckets_api()
    bucket = buckets.find_bucket_by_name(target.bucket)
    bucket.retention_rules = [api.BucketRetentionRules(type="expire", every_seconds=30 * DAY // 1000)]
    buckets.update_bucket(bucket)
    link.close()
    with InfluxReadings(target) as store, capture_logs() as logs:
        fill(store, ("p1", -9000 * DAY, 51.0))
        assert store.count() == 0
    assert [(entry["event"], entry["count"]) for entry in logs] == [("readings_older_than_retention", 1)]


def test_a_wrong_token_or_organisation_is_named_at_open(target: InfluxTarget) -> None:
    with pytest.raises(Refusal, match="token_file"):
        InfluxReadings(replace(target, token="wrong"))
    with pytest.raises(Refusal, match=r"'nobody'.*store\.org"):
        InfluxReadings(replace(target, org="nobody"))


def test_a_token_for_one_bucket_is_enough_once_the_bucket_is_there(target: InfluxTarget) -> None:
    InfluxReadings(target).close()
    link = InfluxLink(target)
    bucket = link.client.buckets_api().find_bucket_by_name(target.bucket)
    allowed = [
        api.Permission(
            action=action, resource=api.PermissionResource(type="buckets", id=bucket.id, org_id=bucket.org_id)
        )
        for action in ("read", "write")
    ]
    made = link.client.authorizations_api().create_authorization(org_id=bucket.org_id, permissions=allowed)
    with InfluxReadings(replace(target, token=made.token)) as store:
        fill(store, ("p1", 0, 51.0))
        assert store.count() == 1
        assert store.retain(T0 + 1) == 1
    with pytest.raises(Refusal):
        InfluxReadings(replace(target, token=made.token, bucket=f"{target.bucket}-new"))
    link.client.authorizations_api().delete_authorization(made)
    link.close()
