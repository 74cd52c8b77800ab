"""The agency file: read as it was meant, or refused with every fault, its place and its remedy."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.agency_file import default_agency, dump_agency, load_agency
from monitor.settings import load_settings
from tests.ledger.ledger_strategies import agencies
from vitals.agency import Agency
from vitals.errors import ConfigError
from vitals.finding import Severity

TEMPLATES = Path(__file__).parents[2] / "monitor" / "templates"
HEAD = "id: north\npatients:\n  - id: p1\n    name: Patient one\n    timezone: Europe/London\n"
PERSON = "caregivers:\n  - id: ana\n    name: On-duty CNA\n    role: cna\n    timezone: UTC\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "agency.yaml"


def load(file: Path, text: str | bytes) -> Agency:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_agency(file)


def faults(file: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(file, text)
    return [str(fault).removeprefix(f"{file}:") for fault in caught.value.faults]


def test_the_files_to_start_from_are_sound():
    agency = load_agency(TEMPLATES / "agency.yaml")
    assert [p.short_code for p in agency.patients] == ["P1", "2"]
    assert agency.shifts[1].start == "22:00"
    assert agency.shifts[1].end == "06:00"
    assert load_settings(TEMPLATES / "homevigil.toml").broker.embedded is True


def test_values_are_what_their_writer_meant(file: Path):
    agency = load(
        file,
        HEAD.replace("Patient one", "NO")
        + "    code: 0017\n    devices:\n    plan:\n      limits: {spo2: null, temperature: {alert_high: 39.5}}\n"
        "      on_oxygen: yes\n      parameters: {early_warning: {max_age: 12h, weight: 1.5, on: no, name: '1'}}\n"
        + PERSON
        + "    quiet_hours: {start: 22:00, end: 06:00, min_severity: medium}\n"
        "assignments: [{patient: p1, caregiver: ana, start: 2026-01-01}]\n"
        "shifts: [{caregiver: ana, start: 22:00, end: 06:30, timezone: UTC, first_day: 2026-01-01}]\n",
    )
    (patient,) = agency.patients
    assert (patient.name, patient.code, patient.devices) == ("NO", "0017", ())
    assert patient.plan.limits["spo2"] is None
    assert patient.plan.on_oxygen is True
    parameters = {"max_age": "12h", "weight": 1.5, "on": False, "name": "1"}
    assert patient.plan.parameters["early_warning"] == parameters
    assert patient.plan.parameters["early_warning"]["on"] is False
    quiet = agency.caregivers[0].quiet_hours
    assert quiet is not None
    assert (quiet.start, quiet.end, quiet.min_severity) == ("22:00", "06:00", Severity.MEDIUM)
    assert agency.assignments[0].start == "2026-01-01"
    assert agency.shifts[0].end == "06:30"


def test_every_fault_is_named_at_once_with_line_and_column(file: Path):
    found = faults(
        file,
        HEAD.replace("Europe/London", "Mars")
        + "    devices: [{id: d, type: oxi}]\n    plan: {ordered: [{signal: spo2, evry: 1h}]}\n"
        + PERSON
        + "assignments: [{patient: p2, caregiver: anna}]\n",
    )
    assert found[0] == "5:15: patients[0].timezone: 'Mars' is no IANA time zone (write for example America/New_York)"
    assert found[1].startswith("6:29: patients[0].devices[0].type: 'oxi' is not among the choices (one of oximeter,")
    assert found[2] == "7:22: patients[0].plan.ordered[0].every: is missing (add it)"
    assert found[3] == "7:43: patients[0].plan.ordered[0].evry: is not known here (did you mean 'every'?)"
    assert found[4] == "13:25: assignments[0].patient: 'p2' is not among the patients (known: p1)"
    assert found[5] == "13:40: assignments[0].caregiver: 'anna' is not among the caregivers (did you mean 'ana'?)"
    assert len(found) == 6


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1: file: is empty (homevigil init writes one to start from)"),
        ("# only a comment\n", "1: file: is empty (homevigil init writes one to start from)"),
        ("- a\n- b\n", "1:1: file: holds no fields (homevigil init writes one to start from)"),
        ("id: [north\n", "2:1: file: is no YAML here"),
        ("id:\n\t- x\n", "2:1: file: is no YAML here"),
        ("id: a\n---\nid: b\n", "2:1: file: is no YAML here"),
        (b"id: north\nname: \xff\n", "2: file: is not UTF-8 (save it as UTF-8)"),
        ("a: b\nid: \x07\n", "2: file: is no YAML here: control characters"),
        ("id: &a [*a]\n", "1:5: id[0]: refers to itself (write it out)"),
        ("id: !secret x\n", "1:5: id: has the tag !secret (leave the tag out)"),
        ("id: a\nid: b\n", "2:1: id: stands twice (first in line 1) (keep one of them)"),
        ("? [a]\n: b\nid: x\n", "1:1: file: has a list or a mapping as a key"),
        ("id: north\npatients: x\n", "2:11: patients: 'x' is no list"),
    ],
)
def test_what_is_no_agency_file_says_so(file: Path, text: str | bytes, fault: str):
    assert faults(file, text)[0].startswith(fault)


def test_a_missing_file_or_a_folder_says_so(tmp_path: Path):
    for path, problem in ((tmp_path / "none.yaml", "there is no such file"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigError, match=problem):
            load_agency(path)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        ("{limits: {temperature: {alert_high: 101}}}", "101 lies outside what temperature can be, 30 to 44 Cel"),
        ("{limits: {spo2: {alert_low: 95, warning_low: 90}}}", "alert_low 95 must lie below warning_low 90"),
        ("{limits: {sp02: null}}", "'sp02' is not among the signals (did you mean 'spo2'?)"),
        ("{limits: {spo2: }}", "is empty (write its limits, null for none, or leave the line out for the default)"),
        ("{ordered: [{signal: spo2, every: 20}]}", "'20' is no duration (write for example 20s, 5m, 1h30m or 3d)"),
        ("{escalation: calm}", "'calm' is not among the policies (known: none)"),
        ("{pauses: [{start: 2026-12-24, end: 2026-12-25T08:00:00Z}]}", "'2026-12-24' is no time with a zone"),
        (
            "{pauses: [{start: 2026-12-24T08:00:00Z, end: 2026-12-24T07:00:00Z}]}",
            "is not after the start (swap the two)",
        ),
        ("{parameters: {gap: {after: [1]}}}", "is neither a number, nor text, nor true or false (write one value)"),
        ("{news2_scale: 3}", "input should be less than or equal to 2"),
    ],
)
def test_a_faulty_plan_names_value_and_remedy(file: Path, plan: str, fault: str):
    (found,) = faults(file, f"{HEAD}    plan: {plan}\n")
    assert found.startswith("6:")
    assert fault in found


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("  - {id: p1, name: B, timezone: UTC}\n", "'p1' stands twice (give each its own id)"),
        ("  - {id: ward-P1, name: B, timezone: UTC}\n", "'P1' is also the short code of patient 'p1'"),
        ("    devices: [{id: d, address: AA:01}, {id: e, address: 'aa:01'}]\n", "'aa:01' stands twice"),
        (
            PERSON + "shifts: [{caregiver: ana, start: 7:00, end: 08:00, timezone: UTC}]\n",
            "'7:00' is no wall-clock time",
        ),
        (PERSON + "assignments: [{patient: p1, caregiver: ana, start: 2026-02-30}]\n", "is no day of the calendar"),
        (
            PERSON + "assignments: [{patient: p1, caregiver: ana, start: 2026-03-01, end: 2026-02-01}]\n",
            "'2026-02-01' is before the start",
        ),
    ],
)
def test_parts_that_do_not_agree_are_named(file: Path, more: str, fault: str):
    (found,) = faults(file, HEAD + more)
    assert fault in found


@pytest.mark.parametrize(
    "channels",
    [
        "[{name: x, url: hunter2}]",
        "[ntfy://hunter2]",
        "ntfy://hunter2",
        "[{name: x, ulr: ntfy://hunter2}]",
        "[{name: ntfy://hunter2, url: ntfy://hunter2}]",
        "[{name: 'ntfy://hunter2', url: 'a://b'}, {name: 'ntfy://hunter2', url: 'a://b'}]",
        "{hunter2: ntfy}",
    ],
)
def test_a_fault_never_repeats_an_address(file: Path, channels: str):
    found = faults(file, f"{HEAD}{PERSON}    channels: {channels}\n")
    assert found
    assert "hunter2" not in "\n".join(found)


def test_a_fault_never_repeats_a_name(file: Path):
    (found,) = faults(file, HEAD.replace("Patient one", "Secret " * 30))
    assert "Secret" not in found
    assert "4:11: patients[0].name: is too long" in found


def test_anchors_and_merge_keys_work(file: Path):
    agency = load(
        file,
        "id: north\npatients:\n  - &one {id: p1, name: One, timezone: UTC}\n  - {<<: *one, id: p2, name: Two}\n",
    )
    assert [(p.id, p.name, p.timezone) for p in agency.patients] == [("p1", "One", "UTC"), ("p2", "Two", "UTC")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(agency=agencies())
def test_what_is_written_is_read_back_equal(file: Path, agency: Agency):
    assert load(file, dump_agency(agency)) == agency


def test_the_default_agency_tells_three_people_about_everybody():
    agency = default_agency(["p1", "p2"], timezone="Europe/London", channel_url="json://127.0.0.1:1/")
    assert {c.role.value for c in agency.caregivers} == {"cna", "nurse", "operations_manager"}
    assert {(a.patient, a.caregiver) for a in agency.assignments} == {
        (p, c.id) for p in ("p1", "p2") for c in agency.caregivers
    }
    assert not agency.shifts, "without any shift a person is on duty round the clock, whatever the recording's year"
    assert default_agency([]).caregivers[0].channels == ()
