from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.escalation import frozen, has_next, next_step
from alerts.suppress import Reason, paused_until, quiet_until, verdict
from tests.alerts.house import ANA, NIGHT, NOON, NOOR, OPS, person
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import Caregiver, QuietHours, Role
from vitals.plan import CarePlan, EscalationPolicy, Pause, Step
from vitals.times import HOUR, MINUTE, parse_time

HIGH = Alert(
    "A",
    FindingKey("limit.low", "p1", "spo2"),
    Kind.PHYSIOLOGICAL,
    Severity.HIGH,
    AlertState.OPEN,
    NOON,
    NOON,
    NOON,
    policy=frozen(EscalationPolicy()),
)


def only(*people: Caregiver):
    def recipients(roles: Sequence[Role]) -> tuple[Caregiver, ...]:
        return tuple(person for person in people if person.role in roles)

    return recipients


@given(
    step=st.integers(0, 6),
    severity=st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH]),
    kind=st.sampled_from(Kind),
    there=st.sets(st.sampled_from([ANA, NOOR, OPS])),
)
def test_a_rung_tells_somebody_or_says_that_nobody_is_there_and_a_high_alert_always_comes_back(
    step: int, severity: Severity, kind: Kind, there: set[Caregiver]
):
    alert = replace(HIGH, step=step, severity=severity, kind=kind)
    rung = next_step(alert, only(*there), NOON)
    assert rung.nobody <= (not rung.people)
    assert rung.people or rung.nobody or step
    assert rung.next_at is not None or severity is not Severity.HIGH
    assert rung.next_at is None or rung.next_at > NOON


def test_the_rungs_of_a_high_alert():
    climbed, now = [], NOON
    alert = HIGH
    for _ in range(6):
        rung = next_step(alert, only(ANA, NOOR, OPS), now)
        climbed.append((rung.step, [p.id for p in rung.people], (now - NOON) // MINUTE))
        alert, now = replace(alert, step=rung.step), rung.next_at or 0
    assert climbed == [
        (1, ["ana"], 0),
        (2, ["ana"], 3),
        (3, ["noor"], 5),
        (4, ["olga"], 10),
        (4, ["olga"], 20),
        (4, ["olga"], 30),
    ]


def test_a_high_alert_whose_upper_rungs_are_empty_goes_back_to_the_highest_that_is_not():
    rung = next_step(replace(HIGH, step=2), only(ANA), NOON)
    assert ([p.id for p in rung.people], rung.nobody, rung.next_at) == (["ana"], False, NOON + 10 * MINUTE)


def test_a_medium_alert_that_was_told_and_has_nobody_above_ends_its_climb():
    rung = next_step(replace(HIGH, severity=Severity.MEDIUM, step=1), only(ANA), NOON)
    assert (rung.people, rung.nobody, rung.next_at) == ((), False, None)


def test_a_milder_alert_has_no_rung_left_when_it_was_told_as_high():
    assert has_next(replace(HIGH, severity=Severity.MEDIUM, step=2))
    assert not has_next(replace(HIGH, severity=Severity.LOW, step=2))


def test_an_open_alert_keeps_the_policy_it_opened_with():
    policy = EscalationPolicy(high=(Step(after=0, roles=(Role.NURSE,)),), repeat_every="1m")
    rung = next_step(replace(HIGH, policy=frozen(policy)), only(ANA, NOOR), NOON)
    assert ([p.id for p in rung.people], rung.next_at) == (["noor"], NOON + MINUTE)


def test_pauses_that_follow_each_other_are_one():
    pauses = (
        Pause(start="2026-11-18T13:00Z", end="2026-11-18T15:00Z"),
        Pause(start="2026-11-18T11:00Z", end="2026-11-18T13:00Z"),
        Pause(start="2026-11-18T16:00Z", end="2026-11-18T17:00Z"),
    )
    plan = CarePlan(pauses=pauses)
    assert paused_until(plan, NOON) == parse_time("2026-11-18T15:00Z")
    assert paused_until(plan, parse_time("2026-11-18T15:30Z")) is None


def test_quiet_hours_over_a_changing_night_end_on_the_wall_clock():
    sleeper = person("ana", Role.CNA, quiet=QuietHours(start="22:00", end="06:00"), zone="America/New_York")
    midnight = parse_time("2026-11-01T00:00:00-04:00")
    assert quiet_until(sleeper, Severity.MEDIUM, midnight) == midnight + 7 * HOUR
    assert quiet_until(sleeper, Severity.HIGH, midnight) is None


@given(minute=st.integers(0, 24 * 60 - 1), severity=st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH]))
def test_what_is_deferred_may_go_when_its_reason_ends(minute: int, severity: Severity):
    sleeper = person("ana", Role.CNA, quiet=QuietHours(start="21:30", end="06:45", min_severity=Severity.MEDIUM))
    now = NIGHT + minute * MINUTE
    ruling = verdict(sleeper, sleeper.channels[0], severity, now)
    assert ruling.due is not None
    assert verdict(sleeper, sleeper.channels[0], severity, ruling.due).reason is Reason.NONE
    assert ruling.due == now or severity is Severity.LOW
