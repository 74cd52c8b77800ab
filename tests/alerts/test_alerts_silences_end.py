"""How silences end: early, after a restart, in another process, for notices that wait; and whatever happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.desk import Desk
from alerts.errors import UnknownSilenceError
from alerts.silences import Silences, on_floor
from tests.alerts.fused_ward import BREATH, HIGH, LOW, MEDIUM, RISK, SCORE, SHIFT, Ward
from tests.alerts.house import (
    ANA,
    GLUCOSE,
    NO_INTAKE,
    NOON,
    NOOR,
    OPS,
    PULSE,
    SPO2,
    a_desk,
    agency,
    found,
    person,
    told,
)
from tests.alerts.hushed_ward import FALL, RATE, SOS, silenced, tick
from vitals.alert import AlertState
from vitals.clock import ManualClock
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.people import QuietHours, Role
from vitals.silence import Silence
from vitals.times import HOUR, MINUTE


def test_lifted_early_what_holds_is_told_at_once_whoever_lifts_it():
    ward = Ward()
    silence = silenced(ward)
    ward.find(1, MEDIUM, PULSE)
    other = Desk(ward.ledger, ManualClock(NOON + 3 * MINUTE))
    other.silencing.lift(silence.id, "noor", NOON + 3 * MINUTE)
    assert tick(ward, 3.1) == ["ana"], "before this process has looked for silences"
    assert ward.ledger.acts == [("silence", "ana"), ("unsilence", "noor")]
    with pytest.raises(UnknownSilenceError, match=silence.id):
        ward.desk.silencing.lift(silence.id, "noor", NOON + 4 * MINUTE)


def test_what_a_process_silences_that_has_not_heard_of_the_end_is_told_once_it_has():
    ward = Ward()
    silence = silenced(ward)
    Desk(ward.ledger, ManualClock(NOON)).silencing.lift(silence.id, "noor", NOON + MINUTE)
    assert ward.find(1.01, MEDIUM, PULSE) == []
    ward.desk.silencing.take_up(NOON + MINUTE + 2_000)
    assert tick(ward, 1.1) == ["ana"]


def test_a_restart_forgets_no_silence():
    ward = Ward()
    silenced(ward)
    ward.desk = Desk(ward.ledger, ManualClock(NOON + MINUTE))
    assert ward.find(1, MEDIUM, PULSE) == []
    ward.desk = Desk(ward.ledger, ManualClock(NOON + 3 * HOUR))
    assert tick(ward, 180) == ["ana"]


def test_two_that_overlap_are_one_long_one_and_one_that_follows_counts_as_well():
    ward = Ward()
    silenced(ward, 0, hours=1)
    silenced(ward, 30, hours=2)
    ward.find(31, MEDIUM, PULSE)
    assert tick(ward, 60) == []
    assert tick(ward, 150) == ["ana"]


def test_whoever_calls_for_help_ends_the_silence():
    ward = Ward()
    silenced(ward)
    ward.find(1, MEDIUM, PULSE)
    ward.desk.call_for_help(ward.alert.id, "ana", NOON + 2 * MINUTE)
    assert {d.recipient for d in ward.ledger.deliveries.values()} == {"noor"}
    assert ward.ledger.acts[-1] == ("unsilence", "ana")
    assert tick(ward, 33) == ["olga"]


def test_a_notice_that_waits_for_the_end_of_quiet_hours_is_withheld_and_told_as_the_silence_ends():
    asleep = person("ana", Role.CNA, quiet=QuietHours(start="11:00", end="12:30"))
    clock = ManualClock(NOON)
    desk, ledger = a_desk(agency(asleep, NOOR, OPS))
    desk._clock = clock
    (notice,) = desk.record(NO_INTAKE, [found(MEDIUM, key=PULSE)], NOON).deliveries
    assert notice.due == NOON + 30 * MINUTE
    desk.silencing.set("p1", until=NOON + HOUR, reason="physiotherapy", by="noor", now=NOON + MINUTE)
    clock.set(notice.due)
    assert (desk.renew(notice), desk.renew(notice)) == (None, None)
    assert [line.cause for line in ledger.transitions.values()] == ["found", "silenced"]
    assert told(desk.tick(NOON + HOUR)) == ["ana"]


def test_another_patients_notices_and_the_floors_are_not_withheld():
    desk, _ = a_desk()
    desk.silencing.set("p1", until=NOON + HOUR, reason="physiotherapy", by="noor", now=NOON)
    (high,) = desk.record(NO_INTAKE, [found(HIGH)], NOON).deliveries
    assert desk.renew(high) == high


KEYS = (SPO2, PULSE, BREATH, SCORE, SHIFT, RISK, GLUCOSE, RATE, SOS, FALL)
minutes = st.integers(0, 50)
set_ = st.builds(
    Silence,
    st.integers(0, 99).map(str), st.just("p1"), minutes, minutes.map(lambda n: n + 1), st.just("-"), st.just("ana"),
    st.sampled_from(["", "limit", "limit.high", "event", "early_warning", "deterioration", "rate_of_change"]),
    st.sampled_from(["", "heart_rate", "glucose"]), st.sampled_from([None, 10]),
)  # fmt: skip
found_ = st.tuples(minutes, st.sampled_from(KEYS), st.sampled_from([LOW, MEDIUM, HIGH, Severity.CLEAR]))


@settings(max_examples=60, deadline=None)
@given(st.lists(set_, max_size=4), st.lists(found_, max_size=8))
def test_no_high_of_the_floor_is_ever_silent_and_whatever_ends_is_told(
    wanted: list[Silence], happens: list[tuple[int, FindingKey, Severity]]
):
    """Whatever is silenced, lifted and found in any order within the hour."""
    desk, ledger = a_desk(agency(ANA, NOOR, OPS))
    truth: dict[FindingKey, tuple[Severity, int]] = {}
    for minute in range(55):
        now = NOON + minute * MINUTE
        for it in wanted:
            _sets_or_lifts(desk, it, minute, now)
        for _, key, severity in [it for it in happens if it[0] == minute]:
            held, since = truth.get(key, (Severity.CLEAR, now))
            since = since if held else now
            rising = Finding(key, Kind.PHYSIOLOGICAL, severity, now, since, {"value": 1.0}, key in (SOS, FALL))
            if severity is held or (key in (SOS, FALL) and severity is not HIGH):
                continue
            truth[key] = severity, since
            desk.record(NO_INTAKE, [rising], now)
        desk.tick(now)
        for alert in ledger.live():
            if on_floor(alert.key.rule, alert.severity):
                assert alert.told_at is not None, "told within the minute"
                assert (alert.next_step_at or 0) <= now + 10 * MINUTE, "and its escalation goes on"
            if alert.state is not AlertState.ACKNOWLEDGED and alert.severity >= MEDIUM and alert.told_at is None:
                assert Silences(ledger.silences(now)).until(alert, now), "untold, so silent now"
    desk.tick(NOON + 2 * HOUR)
    assert all(alert.told_at is not None for alert in ledger.live() if alert.severity >= MEDIUM)


def _sets_or_lifts(desk: Desk, it: Silence, minute: int, now: int) -> None:
    if it.start == minute:
        until = max(now + MINUTE, NOON + it.end * MINUTE)
        desk.silencing.set("p1", until=until, reason="-", by=f"ana{it.id}", now=now, rule=it.rule, signal=it.signal)
    elif it.lifted == minute:
        for known in [k for k in desk.silencing.known.of("p1") if k.holds(now)]:
            desk.silencing.lift(known.id, "ana", now)
