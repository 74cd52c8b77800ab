import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.episodes import Fall, Sepsis
from simulators.episodes.base import quick
from simulators.faults import Backlog, Silence
from simulators.fleet import Broken, Fleet, FleetSpec, Placed
from simulators.homes import KITS, Kit
from simulators.longcsv import HEADER, write_csv
from simulators.publication import Publication
from vitals.agency import Agency
from vitals.signals import BY_NAME
from vitals.times import DAY, HOUR, MINUTE, SECOND, parse_time

START = parse_time("2026-03-29T00:00:00Z")
SPEC = FleetSpec(
    patients=8,
    seed=5,
    start=START,
    episodes=(Placed(0, quick(Sepsis, START + 5 * MINUTE)), Placed(2, Fall(onset=START + 7 * MINUTE))),
    faults=(
        Broken(1, "oximeter-1", Backlog(onset=START + 4 * MINUTE, duration=10 * MINUTE)),
        Broken(4, "hub-1", Silence(onset=START + 6 * MINUTE, duration=10 * MINUTE)),
    ),
)
SPAN = 30 * MINUTE


def digest(publications: list[Publication]) -> str:
    return hashlib.sha256(repr(publications).encode()).hexdigest()


WHOLE = Fleet(SPEC).until(START + SPAN)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, SPAN), max_size=30))
def test_the_same_is_published_however_the_calls_are_split(cuts: list[int]):
    fleet, parts = Fleet(SPEC), []
    for now in (*sorted(cuts), SPAN):
        part = fleet.until(START + now)
        assert all(p.time <= START + now for p in part)
        parts += part
    assert digest(parts) == digest(WHOLE)


def test_publications_come_in_order_and_only_once():
    times = [p.time for p in WHOLE]
    assert times == sorted(times)
    seen = [(p.topic, p.payload) for p in WHOLE]
    assert len(seen) == len(set(seen))
    fleet = Fleet(SPEC)
    fleet.until(START + SPAN)
    assert fleet.until(START + SPAN) == []
    assert fleet.until(START) == []


def test_another_seed_is_another_fleet():
    other = Fleet(FleetSpec(patients=8, seed=6, start=START)).until(START + MINUTE)
    assert digest(other) != digest(Fleet(FleetSpec(patients=8, seed=5, start=START)).until(START + MINUTE))


def test_every_publication_is_of_the_native_format():
    homes = {p.id: {d.id for d in p.devices} for p in Fleet(SPEC).patients()}
    for publication in WHOLE:
        root, version, agency, patient, device, kind = publication.topic.split("/")
        assert (root, version, agency, publication.qos) == ("homevigil", "v1", "demo", 1)
        assert device in homes[patient]
        said = json.loads(publication.payload)
        samples = said if isinstance(said, list) else [said]
        assert all(parse_time(sample["time"]) <= publication.time for sample in samples)
        assert publication.retain == (kind == "status")
        values = [v for sample in samples for v in sample.get("vitals", {})]
        assert publication.readings == len(values)
        assert set(values) <= set(BY_NAME)
        assert {"vitals": "vitals", "status": "state", "event": "event"}[kind] in samples[0]


def test_a_device_is_online_with_a_battery_before_long():
    said = {p.topic: json.loads(p.payload) for p in WHOLE if p.topic.endswith("/status") and p.time <= START + 10_000}
    assert len(said) == sum(len(p.devices) for p in Fleet(SPEC).patients())
    assert all(s["state"] == "online" and 0.25 <= s["battery"] <= 1 for s in said.values())


def test_hubs_send_six_signals_at_their_interval():
    publications = Fleet(FleetSpec(patients=3, seed=1, start=START, interval=SECOND, kit="hub")).until(START + MINUTE)
    vitals = [p for p in publications if p.topic.endswith("/vitals")]
    assert len(vitals) == 3 * 60
    assert {p.readings for p in vitals} == {6}


def test_spot_devices_are_used_at_hours_of_the_patients_own_day_through_daylight_saving():
    zone = "Europe/London"  # clocks go forward on 29 March 2026, 01:00 UTC
    fleet = Fleet(FleetSpec(patients=6, seed=2, start=START - DAY, kit="home", interval=10 * MINUTE, zones=(zone,)))
    used = [p.time for p in fleet.until(START + 3 * DAY) if "/scale-1/vitals" in p.topic]
    used = [t for t in used if t > START - DAY + HOUR]
    assert len(used) == 6 * 4
    for time in used:
        local = (time + (HOUR if time >= parse_time("2026-03-29T01:00:00Z") else 0)) % DAY
        assert 7 * HOUR <= local <= 8 * HOUR


def test_the_agency_is_whole_and_knows_every_device():
    agency = Fleet(SPEC).agency()
    assert Agency.model_validate_json(agency.model_dump_json()) == agency
    assert len(agency.patients) == 8
    patients = Fleet(FleetSpec(patients=60, seed=1, start=START)).patients()
    known = [p for p in patients if p.plan.news2_scale == 2]
    assert known
    assert all(p.plan.limits_for("spo2").warning_low < 90 for p in known)


def test_the_truth_is_told_in_json_lines(tmp_path: Path):
    assert Fleet(SPEC).write_truth(tmp_path / "truth.jsonl") == 4
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert [(t["name"], t["patient"], t["device"]) for t in lines] == [
        ("backlog", "p-00001", "oximeter-1"),
        ("sepsis", "p-00000", ""),
        ("silence", "p-00004", "hub-1"),
        ("fall", "p-00002", ""),
    ]
    assert parse_time(lines[1]["onset"]) == START + 5 * MINUTE
    assert {"rule": "limit", "signal": "temperature"} in lines[1]["expected"]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_the_long_csv_holds_every_reading_and_is_the_same_twice(tmp_path: Path, name: str):
    (tmp_path / "again").mkdir()
    rows = write_csv(Fleet(SPEC), tmp_path / name, START + SPAN)
    write_csv(Fleet(SPEC), tmp_path / "again" / name, START + SPAN)
    assert rows == sum(p.readings for p in WHOLE)
    assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    if not name.endswith("gz"):
        lines = (tmp_path / name).read_text().splitlines()
        assert lines[0] == ",".join(HEADER)
        assert len(lines) == rows + 1


def test_bad_specs_name_field_value_and_remedy():
    with pytest.raises(ValueError, match="patients 0 must be at least 1"):
        FleetSpec(patients=0, seed=1, start=START)
    with pytest.raises(ValueError, match=r"patient 9 of an episode or fault must be within 0..1"):
        FleetSpec(patients=2, seed=1, start=START, episodes=(Placed(9, Fall(onset=START)),))
    with pytest.raises(ValueError, match="patient 0 has no device 'cuff-1': one of hub-1"):
        Fleet(
            FleetSpec(patients=1, seed=1, start=START, kit="hub", faults=(Broken(0, "cuff-1", Silence(onset=START)),))
        )
    with pytest.raises(ValueError, match=r"kit .x. is none: one of hub, home, mixed"):
        Kit("x", 1_000)
    with pytest.raises(ValueError, match="device 'radar' of patient 0 is none: one of hub"):
        Fleet(FleetSpec(patients=1, seed=1, start=START, extra=((0, "radar"),)))
    assert KITS == ("hub", "home", "mixed")
