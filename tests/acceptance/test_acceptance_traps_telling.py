"""Who hears of it, and hears again: traps 5 and 8 to 10. Times are UTC, which London keeps in November."""

import json
from typing import Any

from typer.testing import CliRunner

from monitor.commands.report import app
from tests.acceptance.people import ANA, NOOR, OLU, patient, person

DANGEROUS = {"spo2": 84}
ABNORMAL = {"spo2": 90}
GOOD = {"spo2": 97}
SLEEPERS = [person("ana", "cna", quiet=("22:00", "07:00")), OLU]
PATIENT_ALONE = [patient()]


def test_trap_5_what_still_holds_as_quiet_hours_end_is_told_then(make_home: Any):
    """An alert still firing when quiet hours, a silence or a pause ends is told then."""
    home = make_home(start="06:30", caregivers=SLEEPERS, patients=PATIENT_ALONE)
    home.stream("06:30", "06:40", **ABNORMAL)
    assert home.live("limit.low"), "on the board it stands"
    assert not home.notices("ana"), "abnormal is no reason to wake anybody"
    home.stream("06:40", "07:02", every="2m", **ABNORMAL)
    assert home.times("ana", "Oxygen") == ["07:00"]


def test_5_what_is_over_before_morning_is_never_told(make_home: Any):
    home = make_home(caregivers=SLEEPERS, patients=PATIENT_ALONE)
    home.stream("00:30", "00:35", **ABNORMAL)
    home.stream("00:35", "00:45", **GOOD)
    home.fast_forward(hours=7)
    assert not home.notices("ana", "Oxygen")


def test_5_what_is_dangerous_wakes_them(make_home: Any):
    home = make_home(caregivers=SLEEPERS)
    home.stream("00:30", "00:32", **DANGEROUS)
    assert home.times("ana", "Oxygen saturation low") == ["00:31"]


def test_trap_5_what_still_holds_as_a_pause_ends_is_told_then(make_home: Any):
    """An alert still firing when quiet hours, a silence or a pause ends is told then."""
    away = {"start": "2026-11-21T20:00Z", "end": "2026-11-22T00:50Z", "reason": "hospital"}
    home = make_home(patients=[patient(plan={"pauses": [away]})])
    home.stream("00:30", "00:35", **DANGEROUS)
    home.nobody_hears_of(for_="14m")
    home.expect("ana", "Oxygen", within="2m")
    assert home.times("ana", "Oxygen") == ["00:50"]


def test_trap_5_what_is_put_off_is_told_when_that_time_is_over(make_home: Any):
    """An alert still firing when quiet hours, a silence or a pause ends is told then."""
    home = make_home(patients=PATIENT_ALONE)
    home.stream("00:00", "00:02", **DANGEROUS)
    home.snooze("ana", minutes=10)
    home.nobody_hears_of("Oxygen", but="ana", for_="9m")
    assert home.times("ana", "Oxygen") == ["00:01"]
    home.expect_again("ana", "Oxygen", within="2m")
    assert home.times("ana", "Oxygen") == ["00:01", "00:11"]


def test_trap_5_what_still_holds_as_a_silence_ends_is_told_then(make_home: Any):
    """An alert still firing when quiet hours, a silence or a pause ends is told then."""
    home = make_home(patients=PATIENT_ALONE)
    home.silence("ana", minutes=60, rule="limit", signal="spo2")
    home.stream("00:10", "00:15", **ABNORMAL)
    assert home.live("limit.low"), "on the board it stands"
    home.restart()
    home.nobody_hears_of("Oxygen", for_="44m")
    home.expect("ana", "Oxygen", within="2m")
    assert home.times("ana", "Oxygen") == ["01:00"]


def test_5_what_is_dangerous_is_never_silent(make_home: Any):
    home = make_home(patients=PATIENT_ALONE)
    home.silence("ana", minutes=60)
    home.stream("00:00", "00:02", **DANGEROUS)
    assert home.times("ana", "Oxygen saturation low") == ["00:01"]


def test_trap_8_acknowledged_and_forgotten_is_told_again(make_home: Any):
    """Acknowledged and then forgotten: an acknowledged alert whose condition holds is told again after its follow-up
    time.
    """
    home = make_home(patients=PATIENT_ALONE)
    home.stream("00:00", "00:02", **DANGEROUS)
    home.acknowledge("ana", "Oxygen")
    home.hears_no_more("ana", "Oxygen", for_="29m")
    assert not home.notices("noor", "Oxygen"), "whoever has taken it on is trusted for half an hour"
    assert "it is not over" in home.expect_again("ana", "Oxygen", within="2m")
    home.expect("noor", "Oxygen", within="6m")


def test_8_a_restart_does_not_forget_it_either(home: Any):
    home.stream("00:00", "00:02", **DANGEROUS)
    home.acknowledge("ana", "Oxygen")
    home.restart(down="2h")
    assert "it is not over" in home.expect("ana", "Oxygen")


def test_8_acknowledged_and_over_is_left_alone(home: Any):
    home.stream("00:00", "00:02", **DANGEROUS)
    home.acknowledge("ana", "Oxygen")
    home.stream("00:02", "00:12", **GOOD)
    home.hears_no_more("ana", "Oxygen", for_="1h")


def test_trap_9_acknowledging_one_never_silences_another(make_home: Any):
    """Acknowledging one alert never silences another."""
    home = make_home(patients=[patient(), patient("p2", "Patient Two")])
    for minute in range(20):
        home.push(f"00:{minute:02}", device="sensor", glucose=48)
    home.expect("ana", "lucose low")
    home.stream("00:20", "00:22", **DANGEROUS)
    home.acknowledge("ana", "Oxygen")
    home.expect("noor", "lucose low", within="5m")
    home.stream("00:30", "00:32", patient="p2", **DANGEROUS)
    home.expect("ana", "Patient Two")
    assert not home.notices("noor", "Oxygen saturation low – Patient One")


def test_9_what_joins_an_acknowledged_alert_and_is_dangerous_is_told(make_home: Any):
    home = make_home(patients=PATIENT_ALONE)
    home.stream("00:00", "00:02", **DANGEROUS)
    home.acknowledge("ana", "Oxygen")
    home.stream("00:02", "00:06", heart_rate=140, **DANGEROUS)
    home.expect("ana", "Something new")
    home.expect("noor", "eart rate", within="5m")
    assert len({alert.id for alert in home.live("limit")}) == 1, "one event, two reasons"


def test_9_the_same_measured_by_another_rule_is_nothing_new(make_home: Any):
    home = make_home(patients=PATIENT_ALONE)
    home.stream("00:00", "00:02", **DANGEROUS)
    home.acknowledge("ana", "Oxygen")
    home.stream("00:02", "00:20", **DANGEROUS)
    assert len(home.notices("ana", "Oxygen saturation low")) == 1


def test_trap_10_severity_is_earned_and_its_share_is_shown(make_home: Any, tmp_path: Any):
    """Everything "emergency" hides real ones: severity is earned, and the share of each severity is shown."""
    names = ["p1", "p2", "p3", "p4"]
    home = make_home(patients=[patient(name, name) for name in names], caregivers=[ANA, NOOR, OLU])
    for second in range(0, 180, 20):
        time = f"00:{second // 60:02}:{second % 60:02}"
        home.push(time, patient="p1", **DANGEROUS)
        home.push(time, patient="p2", **ABNORMAL)
        home.push(time, patient="p3", **ABNORMAL)
    home.push("00:03", patient="p4", device="cuff", systolic_bp=182)
    home.expect("ana", "Act now")
    home.expect("ana", "Act soon")
    shares = share_of_each_severity(home, tmp_path)
    assert shares == {"high": 0.25, "medium": 0.5, "low": 0.25}, "a cuff's single reading asks for a second one first"


def share_of_each_severity(home: Any, folder: Any) -> dict[str, float]:
    """As ``homevigil report alerts --by severity`` has it."""
    config = folder / "homevigil.toml"
    config.write_text(f'[ledger]\nurl = "{home.address}"\n')
    command = ["alerts", "--by", "severity", "--since", "36500d", "--config", str(config), "--json"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return {row["group"]: row["share"] for row in map(json.loads, result.output.splitlines())}
