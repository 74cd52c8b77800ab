"""One phone rings so often and no more; a new danger never waits."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.throttle import Rate, Rung, Throttle, presses, room_at
from vitals.alert import Delivery, DeliveryState
from vitals.finding import Severity
from vitals.times import MINUTE

RATE = Rate(3, 10 * MINUTE)
LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


def notice(alert: str, severity: Severity = LOW, *, to: str = "ana", channel: str = "phone", **more: Any) -> Delivery:
    return Delivery(f"{alert}:{to}", alert, 1, to, channel, due=0, created=0, severity=severity, **more)


def test_the_fourth_waits_until_the_first_is_a_window_old():
    throttle = Throttle(RATE)
    assert [throttle.admit(notice(str(n)), n * MINUTE) for n in range(3)] == [None] * 3
    assert throttle.admit(notice("3"), 3 * MINUTE) == 10 * MINUTE
    assert throttle.admit(notice("3"), 10 * MINUTE) is None
    assert throttle.admit(notice("4"), 10 * MINUTE) == 11 * MINUTE


def test_each_person_and_each_channel_has_its_own_count():
    throttle = Throttle(Rate(1, MINUTE))
    for to, channel in (("ana", "phone"), ("ana", "mail"), ("ben", "phone")):
        assert throttle.admit(notice("A", to=to, channel=channel), 0) is None
    assert throttle.admit(notice("B"), 0) == MINUTE


def test_a_new_high_goes_through_a_full_window_and_so_does_one_that_grew():
    throttle = Throttle(Rate(1, 10 * MINUTE))
    assert throttle.admit(notice("A", MEDIUM), 0) is None
    assert throttle.admit(notice("B", HIGH), 1) is None
    assert throttle.admit(notice("A", HIGH), 2) is None, "it was told as medium"
    assert throttle.admit(notice("B", HIGH), 3) is not None, "told a moment ago"
    assert throttle.admit(notice("B", HIGH, to="noor"), 3) is None, "the next rung is another phone"
    assert throttle.admit(notice("B", HIGH), 1 + 10 * MINUTE) is None, "unanswered, it is repeated"


def test_what_did_not_get_through_does_not_count():
    throttle = Throttle(Rate(1, MINUTE))
    assert throttle.admit(notice("A", HIGH), 0) is None
    throttle.take_back(notice("A", HIGH), 0)
    assert throttle.presses(notice("A", HIGH), 1)
    assert throttle.admit(notice("B"), 1) is None


def test_a_restart_does_not_begin_anew_and_a_bundle_counts_once():
    sent = [replace(notice(str(n)), state=DeliveryState.SENT, sent_at=n * MINUTE) for n in range(2)]
    bundled = [replace(notice(f"b{n}"), sent_at=MINUTE, result="bundled with 1:ana") for n in range(30)]
    throttle = Throttle(RATE, [*bundled, *sent])
    assert throttle.admit(notice("2"), 2 * MINUTE) is None
    assert throttle.admit(notice("3"), 2 * MINUTE) == 10 * MINUTE


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.sampled_from([LOW, MEDIUM, HIGH])), max_size=60),
    st.integers(1, 5),
)
def test_never_more_than_so_many_and_never_a_new_high_held(arriving: list[tuple[int, int, Severity]], most: int):
    throttle, rate, rungs = Throttle(Rate(most, 10 * MINUTE)), Rate(most, 10 * MINUTE), list[Rung]()
    for minute, alert, severity in sorted(arriving):
        now, one = minute * MINUTE, notice(str(alert), severity)
        lately = [rung for rung in rungs if now - rung.time < rate.window]
        until = throttle.admit(one, now)
        if until is None:
            assert len(lately) < most or presses(one, lately)
            rungs.append(Rung(now, one.alert, severity))
        else:
            assert not presses(one, lately)
            assert now < until == room_at(rungs, rate, now) <= now + rate.window
