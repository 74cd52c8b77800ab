"""What arrives, what does not, and what comes late: traps 1 to 4, 13 and 14. Times are UTC."""

from typing import Any

from tests.acceptance.people import patient
from vitals.times import MINUTE, iso

LOW = {"spo2": 84}
GOOD = {"spo2": 97}


def test_trap_1_silence_is_no_recovery(home: Any):
    """A series that disappears is not a recovery: an alert clears only on a fresh normal reading; silence is its own
    (technical) alert.
    """
    home.stream("00:00", "00:05", **LOW)
    home.expect("ana", "Oxygen saturation low")
    home.fast_forward(hours=1)
    assert home.live("limit.low"), "nobody has seen it end"
    assert home.live("gap.silent")[0].kind.value == "technical"
    home.expect("ana", "silent")
    home.stream("01:05", "01:10", **GOOD)
    assert not home.live("limit.low")
    assert not home.live("gap")


def test_1_one_good_reading_among_bad_ones_is_no_recovery(home: Any):
    home.stream("00:00", "00:05", **LOW)
    home.push("00:05", **GOOD)
    home.stream("00:05:20", "00:10", **LOW)
    assert home.live("limit.low")
    assert len(home.notices("ana", "Oxygen")) == 2, "the first rung, and the second after three minutes; no more"


def test_trap_2_what_was_never_seen_alarms_too(make_home: Any):
    """A device never seen since its care plan ordered it also alarms. So does a patient with no reading at all."""
    plan = {"ordered": [{"signal": "weight", "every": "5h", "grace": "1h"}], "silent_after": "3h"}
    watch = {"id": "watch", "type": "wearable", "silent_after": "2h"}
    home = make_home(patients=[patient(plan=plan, devices=[watch])])
    home.nobody_hears_of(for_="1h")
    home.expect("ana", "watch", within="2h")
    home.expect("ana", "No readings from this patient", within="2h")
    home.nobody_hears_of("Weight")
    home.expect("ana", "eight", within="3h")
    assert {alert.key.rule for alert in home.live()} == {"gap.never"}


def test_2_restarts_do_not_begin_the_wait_anew(make_home: Any):
    plan = {"ordered": [{"signal": "weight", "every": "1d", "grace": "2h"}], "silent_after": "23h"}
    watch = {"id": "watch", "type": "wearable", "silent_after": "21h"}
    home = make_home(patients=[patient(plan=plan, devices=[watch])])
    for _ in range(4):
        home.fast_forward(hours=5)
        home.restart()
    assert not home.live("gap")
    home.fast_forward(hours=5)
    home.restart()
    assert {a.key.device for a in home.live("gap.never")} == {"watch", ""}, "the device, and the silent patient"
    home.fast_forward(minutes=59)
    assert "weight" not in {a.key.signal for a in home.live("gap.never")}
    home.fast_forward(minutes=2)
    assert "weight" in {a.key.signal for a in home.live("gap.never")}


def test_trap_3_a_restart_neither_repeats_nor_forgets(home: Any):
    """A restart neither repeats nor forgets: no second notice for an alert already told, and a condition already true
    at start alarms.
    """
    home.stream("00:00", "00:02:20", **LOW)
    assert home.times("ana", "Oxygen") == ["00:01"]
    home.restart()
    home.stream("00:02:20", "00:04", **LOW)
    assert home.times("ana", "Oxygen") == ["00:01"], "told once is told"
    home.fast_forward(minutes=3)
    assert home.times("noor", "Oxygen") == ["00:06"], "and the climb goes on where it stood"
    home.stream("00:08", "00:15", **GOOD)
    assert not home.live("limit.low"), "and the restarted service sees it end"


def test_3_what_somebody_has_closed_stays_closed_over_a_restart_until_it_comes_again(home: Any):
    home.stream("00:00", "00:02:20", **LOW)
    home.closes("ana", "Oxygen")
    home.restart(down="2m")
    home.stream("00:04:20", "00:10", **LOW)
    assert home.times("ana") == ["00:01"], "somebody knows of it"
    assert not home.live()
    home.stream("00:10", "00:20", **GOOD)
    home.restart()
    home.stream("00:20", "00:22", **LOW)
    assert home.times("ana", "Oxygen") == ["00:01", "00:21"], "it had ended, and is something new"


def test_3_what_somebody_has_closed_speaks_again_when_it_grows_worse_after_a_restart(home: Any):
    home.stream("00:00", "00:02:20", spo2=89)
    home.closes("ana", "Oxygen")
    home.restart()
    home.stream("00:02:20", "00:04", spo2=89)
    assert not home.live()
    home.stream("00:04", "00:07", **LOW)
    home.expect("ana", "Oxygen", within="1m")


def test_3_a_condition_already_true_at_start_alarms(home: Any):
    home.bank.scan = lambda *_: []  # a crash between the store and the ledger: stored, never judged
    home.stream("00:00", "00:05", **LOW)
    home.nobody_hears_of("Oxygen")
    home.restart()
    home.expect("ana", "Oxygen", within="2m")


def test_3_a_notice_due_while_the_service_was_away_goes_out_when_it_is_back(home: Any):
    home.stream("00:00", "00:03", **LOW)
    home.restart(down="30m")
    home.expect("noor", "Oxygen", within="10m")


def test_trap_4_late_readings_are_history_and_page_nobody(home: Any):
    """Replayed, retained or late readings (older than a limit) update charts but never page about last night, and never
    count as fresh.
    """
    home.push("08:00", **GOOD)
    for time in ("02:00", "02:01", "02:02", "02:03"):
        home.push(time, **LOW)
    assert home.readings.count() == 5, "the chart has them"
    home.nobody_hears_of("Oxygen", for_="10m")
    home.stream("08:12", "08:15", **LOW)
    home.expect("ana", "Oxygen")
    for time in ("07:00", "07:01", "07:02"):
        home.push(time, **GOOD)
    assert home.live("limit.low"), "what was normal an hour ago is no recovery"


def test_4_a_retained_reading_never_counts_as_fresh(home: Any):
    for _ in range(3):
        home.push("02:00", retained=True, **LOW)
        home.fast_forward(minutes=1)
    home.nobody_hears_of("Oxygen")


def test_4_late_readings_do_not_end_a_silence(home: Any):
    home.push("00:00", **GOOD)
    home.fast_forward(minutes=40)
    assert home.live("gap.silent")
    home.push("00:01", **GOOD)
    assert home.live("gap.silent"), "a reading of forty minutes ago says nothing of now"


def test_trap_13_a_score_from_old_parts_says_so(home: Any):
    """A score from old parts says so: NEWS2 shows each component's age and says "incomplete"."""
    home.push("00:00", device="cuff", systolic_bp=128)
    for minute in range(20, 26):
        home.push(f"00:{minute}", device="hub", respiration_rate=26, heart_rate=125, temperature=39.3)
    home.fast_forward(minutes=5)
    score = home.live("early_warning")[0]
    assert score.evidence["incomplete"]
    assert {"spo2", "consciousness"} <= set(score.evidence["missing"])
    ages = {part["signal"]: part.get("age") for part in parts(score.evidence)}
    assert ages["systolic_bp"] >= 20 * MINUTE > ages["heart_rate"]
    assert "ncomplete" in home.expect("ana", "NEWS2")


def parts(evidence: dict[str, Any]) -> list[dict[str, Any]]:
    found = evidence["components"]
    return [{"signal": name, **part} for name, part in found.items()] if isinstance(found, dict) else list(found)


def test_trap_14_a_day_of_backlog_is_one_alert_at_most(home: Any):
    """A backlog of a day uploaded at once does not make one alert a reading."""
    home.restart(down="24h")
    midnight = home.clock.now() - 24 * 60 * MINUTE
    backlog = [{"time": iso(midnight + minute * MINUTE), "vitals": LOW} for minute in range(24 * 60)]
    for part in range(0, len(backlog), 360):  # six hours a message: a payload holds at most 64 kB
        home.arrive(backlog[part : part + 360])
    assert home.readings.count() == 24 * 60
    assert len(home.live("limit.low")) <= 1
    assert len(home.notices("ana", "Oxygen")) <= 1


def test_14_a_backlog_that_reaches_into_now_is_told_once(home: Any):
    home.restart(down="6h")
    backlog = [{"time": iso(home.clock.now() - minute * MINUTE), "vitals": LOW} for minute in range(300, -1, -1)]
    home.arrive(backlog)
    home.fast_forward(minutes=1)
    assert len(home.live("limit.low")) == 1
    assert len(home.notices("ana", "Oxygen")) == 1
