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
    asked: list[tuple[str, str, int]] = []

    def told(*of: Any) -> list[Delivery]:
        asked.append(of)
        return [*bundled, *sent]

    throttle = Throttle(RATE, told)
    assert throttle.admit(notice("2"), 2 * MINUTE) is None
    assert throttle.admit(notice("3"), 2 * MINUTE) == 10 * MINUTE
    assert set(asked) == {("ana", "phone", 2 * MINUTE - 10 * MINUTE + 1)}


def test_two_processes_share_one_count_and_a_new_high_asks_nobody():
    ledger: list[Delivery] = []
    ours, theirs = (Throttle(RATE, lambda *_: ledger) for _ in range(2))

    def tell(throttle: Throttle, one: Delivery, now: int) -> int | None:
        until = throttle.admit(one, now)
        if until is None:
            ledger.append(replace(one, sent_at=now))
        return until

    assert [tell(ours if n % 2 else theirs, notice(str(n)), n * MINUTE) for n in range(3)] == [None] * 3
    assert [tell(it, notice("3"), 3 * MINUTE) for it in (ours, theirs)] == [10 * MINUTE] * 2
    assert [tell(it, notice(name, HIGH), 4 * MINUTE) for it, name in ((ours, "4"), (theirs, "5"))] == [None, None]


def test_a_ledger_that_is_down_holds_nothing_up():
    def down(*_: object) -> list[Delivery]:
        raise ConnectionError

    throttle = Throttle(Rate(1, MINUTE), down)
    assert throttle.admit(notice("A"), 0) is None
    assert throttle.admit(notice("B"), 1) == MINUTE


def test_what_somebody_has_called_for_goes_however_mild_it_is():
    throttle = Throttle(Rate(1, 10 * MINUTE))
    assert throttle.admit(notice("A"), 0) is None
    assert throttle.admit(notice("A", urgent=True), 1) is None
    assert throttle.admit(notice("A", urgent=True), 2) is None
    assert throttle.admit(notice("A"), 3) is not None


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
