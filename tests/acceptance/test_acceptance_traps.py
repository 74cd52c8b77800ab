"""The traps that others fell into, as scenes in a home. Times are UTC; the patient lives in London."""

from typing import Any

from vitals.times import iso

LOW = {"spo2": 84}
GOOD = {"spo2": 97}


def test_a_low_saturation_reaches_the_assistant_once(home: Any):
    home.stream("02:00", "02:10", **GOOD)
    home.stream("02:10", "02:20", **LOW)
    assert "84 %" in home.expect("ana", "Oxygen")
    assert len(home.notices("ana", "It was")) == 0
    assert len(home.live("limit.low")) == 1


def test_1_a_series_that_disappears_is_not_a_recovery(home: Any):
    home.stream("02:00", "02:10", **LOW)
    home.fast_forward(hours=2)
    assert len(home.live("limit.low")) == 1
    assert home.live("gap.silent"), "silence is an alert of its own"


def test_1_it_clears_only_on_fresh_normal_readings(home: Any):
    home.stream("02:00", "02:10", **LOW)
    home.stream("02:10", "02:20", **GOOD)
    assert not home.live("limit.low")


def test_2_a_device_never_seen_since_it_was_ordered_alarms(make_home: Any):
    patients = [
        {
            "id": "p1",
            "name": "-",
            "timezone": "Europe/London",
            "plan": {"ordered": [{"signal": "weight", "every": "1d", "grace": "2h"}]},
        }
    ]
    home = make_home(patients=patients, assignments=[{"patient": "p1", "caregiver": "ana"}])
    home.fast_forward(hours=25)
    assert not home.live("gap")
    home.fast_forward(hours=2)
    assert [a.key.rule for a in home.live("gap")] == ["gap.never"]


def test_2_so_does_a_patient_with_no_reading_at_all(make_home: Any):
    patients = [{"id": "p1", "name": "-", "timezone": "Europe/London", "plan": {"silent_after": "6h"}}]
    home = make_home(patients=patients, assignments=[{"patient": "p1", "caregiver": "ana"}])
    home.fast_forward(hours=7)
    assert home.live("gap")


def test_2_restarts_do_not_begin_the_wait_anew(make_home: Any):
    plan = {"ordered": [{"signal": "weight", "every": "1d", "grace": "2h"}], "silent_after": "23h"}
    watch = {"id": "watch", "type": "wearable", "silent_after": "21h"}
    patients = [{"id": "p1", "name": "-", "timezone": "Europe/London", "plan": plan, "devices": [watch]}]
    home = make_home(patients=patients, assignments=[{"patient": "p1", "caregiver": "ana"}])
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
    assert home.expect("ana", "eight")


def test_3_a_restart_neither_repeats_nor_forgets(home: Any):
    home.stream("02:00", "02:10", **LOW)
    before = home.notices("ana", "Oxygen")
    home.restart()
    home.stream("02:10", "02:12", **LOW)
    assert home.notices("ana", "Oxygen") == before, "told once is told"
    assert len(home.live("limit.low")) == 1
    home.stream("02:12", "02:20", **GOOD)
    assert not home.live("limit.low"), "and the restarted service sees it end"


def test_3_a_condition_already_true_at_start_alarms(home: Any):
    home.bank.scan = lambda *_: []  # a crash between the store and the ledger: stored, never judged
    home.stream("02:00", "02:05", **LOW)
    home.expect_silence("Oxygen")
    home.restart()
    home.expect("ana", "Oxygen", within="2m")


def test_4_a_late_reading_updates_the_chart_and_pages_nobody(home: Any):
    home.push("08:00", **GOOD)
    for time in ("02:00", "02:01", "02:02", "02:03"):
        home.push(time, **LOW)
    assert home.readings.count() == 5
    home.expect_silence("Oxygen")


def test_4_a_late_normal_reading_is_no_recovery(home: Any):
    home.stream("08:00", "08:10", **LOW)
    for time in ("07:00", "07:01", "07:02"):
        home.push(time, **GOOD)
    assert len(home.live("limit.low")) == 1


def test_4_a_retained_reading_never_counts_as_fresh(home: Any):
    for _ in range(3):
        home.push("02:00", retained=True, **LOW)
        home.fast_forward(minutes=1)
    home.expect_silence("Oxygen")


def test_13_an_early_warning_score_from_few_parts_says_so(home: Any):
    for minute in range(6):
        home.push(f"02:0{minute}", device="hub", respiration_rate=26, heart_rate=125, temperature=39.3)
    notice = home.expect("ana", "ncomplete", within="5m")
    alert = home.live("early_warning")[0]
    assert alert.evidence["incomplete"]
    assert {"spo2", "systolic_bp", "consciousness"} <= set(alert.evidence["missing"])
    assert "Patient One" in notice


def test_14_a_day_of_backlog_is_one_alert_at_most(home: Any):
    backlog = [{"time": iso(home.clock.now() + m * 60_000), "vitals": LOW} for m in range(24 * 60)]
    home.fast_forward(hours=24)
    for part in range(0, len(backlog), 360):  # six hours a message: a payload holds at most 64 kB
        home.arrive(backlog[part : part + 360])
    assert home.readings.count() == 24 * 60
    assert len(home.live("limit.low")) <= 1
    assert len(home.notices("ana", "Oxygen")) <= 1


def test_a_redelivered_message_changes_nothing(home: Any):
    home.stream("02:00", "02:05", **LOW)
    before = (home.readings.count(), len(home.told), len(home.ledger.transitions()))
    for second in range(0, 300, 20):
        home.arrive({"time": f"2026-11-22T02:{second // 60:02d}:{second % 60:02d}.000Z", "vitals": LOW})
    assert (home.readings.count(), len(home.told), len(home.ledger.transitions())) == before


def test_a_fall_is_told_at_once_and_stays_until_a_person_closes_it(home: Any):
    home.arrive({"time": "2026-11-22T00:00:00Z", "event": "fall"}, device="button", kind="event")
    home.expect("ana", "Act now")
    home.stream("00:01", "00:10", **GOOD)
    alert = home.live("event.fall")[0]
    home.desk.close(alert.id, by="ana", outcome="true", now=home.clock.now())
    assert not home.live("event.fall")


def test_nobody_answers_and_it_climbs_to_the_nurse_and_the_manager(home: Any):
    home.stream("02:00", "02:03", **LOW)
    home.expect("ana", "Oxygen")
    home.stream("02:03", "02:20", **LOW)
    home.expect("noor", "Oxygen")
    home.expect("olu", "Oxygen")


def test_what_cannot_be_used_is_kept_with_its_reason(home: Any):
    home.push("02:00", spo2=970, heart_rate=70)
    assert home.readings.count() == 1
    assert [r.reason.value for r in home.ledger.rejects()] == ["implausible"]
