"""Sending: what fails is tried again, what hangs holds up nobody else, and words are those of today."""

import structlog

from alerts.channels.base import Failure, Sent
from tests.alerts.house import NIGHT, PULSE, agency, found, person
from tests.alerts.outbox_house import a_house, alone
from vitals.alert import DeliveryState
from vitals.finding import FindingKey, Severity
from vitals.people import QuietHours, Role
from vitals.plan import EscalationPolicy
from vitals.times import HOUR


def test_what_is_found_is_sent_and_marked():
    with a_house() as house:
        house.find()
        (sent,) = house.ledger.wait_until(DeliveryState.SENT, 1)
        assert (sent.recipient, sent.attempts, sent.result) == ("ana", 1, "taken")
        assert [d.key for d in house.sent] == [sent.key]


def test_a_channel_that_fails_is_tried_again_later_and_recovers():
    with a_house() as house:
        house.channel.answers["console://ana"] = [Sent(ok=False, text="busy", failure=Failure.BUSY)] * 2
        house.find()
        for tries in (1, 2):
            (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
            assert (waiting.attempts, waiting.result) == (tries, "busy")
            assert waiting.due > house.clock.now()
            house.clock.set(waiting.due)
            house.outbox.wake()
            house.channel.wait_sent(tries + 1)
        (sent,) = house.ledger.wait_until(DeliveryState.SENT, 1)
        assert sent.attempts == 3


def test_what_only_a_person_can_mend_is_given_up_loudly():
    with structlog.testing.capture_logs() as logs, a_house() as house:
        refusal = Sent(ok=False, text="no such service", failure=Failure.MISCONFIGURED)
        house.channel.answers["console://ana"] = [refusal]
        house.find()
        (dead,) = house.ledger.wait_until(DeliveryState.DEAD, 1)
        assert (dead.result, [d.key for d in house.dead]) == ("no such service", [dead.key])
    assert [line["log_level"] for line in logs if line["event"] == "notice_given_up"] == ["error"]


def test_a_channel_that_raises_is_a_failure_like_any_other():
    with a_house() as house:
        house.channel.send = lambda *_: 1 / 0  # type: ignore[method-assign,assignment,return-value]
        house.find()
        (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
        assert "ZeroDivisionError" in waiting.result


def test_a_hanging_channel_does_not_stall_another():
    house = agency(person("ana", Role.CNA), person("ben", Role.HMA))
    with a_house(house) as house:
        gate = house.channel.hold("console://ana")
        house.find(*(found(Severity.HIGH, key=alone(n)) for n in range(4)))
        sent = house.ledger.wait_until(DeliveryState.SENT, 4)
        assert {d.recipient for d in sent} == {"ben"}
        gate.set()
        assert len(house.ledger.wait_until(DeliveryState.SENT, 8)) == 8


def test_a_high_one_does_not_stand_behind_a_queue_of_low_ones():
    with a_house(agency(person("ana", Role.CNA), policy=EscalationPolicy(low_at_once=True))) as house:
        gate = house.channel.hold("console://ana")
        low = [found(Severity.LOW, key=alone(n)) for n in range(20)]
        house.find(*low)
        for _ in range(2):
            assert house.channel.begun.acquire(timeout=10)
        house.find(found(Severity.HIGH))
        assert house.channel.begun.acquire(timeout=10), "the slot kept for high notices was not used"
        assert not house.channel.begun.acquire(blocking=False)
        assert house.channel.started == [Severity.LOW, Severity.LOW, Severity.HIGH]
        gate.set()
        house.ledger.wait_until(DeliveryState.SENT, 21)


def test_a_send_that_never_answers_is_reported_and_tried_again():
    with a_house(time_limit=0.05, lease=60.0) as house:
        house.channel.hold("console://ana")
        house.find()
        (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
        assert "no answer within" in waiting.result


def test_a_late_success_of_an_abandoned_send_is_marked_so_that_it_is_not_told_twice():
    with a_house(time_limit=0.05, lease=60.0) as house:
        gate = house.channel.hold("console://ana")
        house.find()
        house.ledger.wait_until(DeliveryState.PENDING, 1)
        gate.set()
        house.ledger.wait_until(DeliveryState.SENT, 1)


def test_what_was_acknowledged_meanwhile_is_not_sent():
    with a_house() as house:
        house.channel.answers["console://ana"] = [Sent(ok=False, text="busy", failure=Failure.BUSY)]
        house.find()
        (waiting,) = house.ledger.wait_until(DeliveryState.PENDING, 1)
        house.desk.acknowledge(waiting.alert, "noor", house.clock.now())
        house.clock.advance(HOUR)
        house.outbox.wake()
        (dead,) = house.ledger.wait_until(DeliveryState.DEAD, 1)
        assert dead.result == "acknowledged by noor"
        assert len(house.channel.sent) == 1


def test_what_quiet_hours_held_back_is_told_in_todays_words_when_they_end_if_it_still_holds():
    ana = person("ana", Role.CNA, quiet=QuietHours(start="22:00", end="07:00"))
    with a_house(agency(ana), NIGHT) as house:
        house.find(
            found(Severity.MEDIUM, time=NIGHT),
            found(Severity.MEDIUM, key=PULSE, time=NIGHT),
            found(Severity.MEDIUM, key=FindingKey("limit.low", "p1", "glucose"), time=NIGHT),
        )
        later = NIGHT + HOUR
        house.clock.set(later)
        house.find(found(Severity.CLEAR, key=PULSE, time=later), found(Severity.LOW, time=later))
        house.clock.set(NIGHT + 4 * HOUR)
        house.outbox.wake()
        sent = house.ledger.wait_until(DeliveryState.SENT, 2)
        assert len(sent) == 2
        titles = sorted(title for _, title, _ in house.channel.sent)
        assert [title.split(":")[0] for title in titles] == ["Act soon", "For your next visit"]
