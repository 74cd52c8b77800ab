"""Nobody reads that it has become worse who was told nothing of it before."""

from dataclasses import replace

from tests.alerts.house import NO_INTAKE, NOON, PULSE, SPO2, a_desk, found, told
from tests.alerts.memory_ledger import MemoryLedger
from vitals.alert import Delivery, DeliveryState
from vitals.finding import FindingKey, Severity
from vitals.times import MINUTE

TREND = FindingKey("trend.rising", "p1", "weight")
LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
WORSE, ADDED = "It has become worse.", "Something new has been added."


def first_lines(notices: tuple[Delivery, ...]) -> list[str]:
    return [notice.body.splitlines()[0] for notice in notices]


def hand_over(ledger: MemoryLedger, *notices: Delivery) -> None:
    for it in notices:
        ledger.deliveries[it.key] = replace(it, state=DeliveryState.SENT, sent_at=it.created)


def test_what_waited_for_the_handover_and_grew_worse_begins_as_a_first_notice_does():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(LOW, key=TREND, onset=NOON)], NOON)
    worse = [found(it, key=TREND, time=NOON + i * MINUTE, onset=NOON) for i, it in enumerate((MEDIUM, HIGH), 1)]
    first = desk.record(NO_INTAKE, worse[:1], NOON + MINUTE)
    assert [line.cause for line in first.transitions] == ["worsened"], "that is what happened, whoever knows of it"
    assert (told(first), WORSE in first.deliveries[0].body) == (["ana"], False)
    hand_over(ledger, *first.deliveries)
    second = desk.record(NO_INTAKE, worse[1:], NOON + 2 * MINUTE)
    said = dict(zip(told(second), first_lines(second.deliveries), strict=True))
    assert said.pop("ana") == WORSE
    assert WORSE not in said.values(), "whoever hears of it for the first time"


def test_a_notice_that_was_given_up_before_it_went_out_told_nobody():
    desk, _ = a_desk()
    desk.record(NO_INTAKE, [found(MEDIUM)], NOON)
    worse = desk.record(NO_INTAKE, [found(HIGH, time=NOON + 1, onset=NOON - MINUTE)], NOON + 1)
    assert worse.deliveries
    assert WORSE not in first_lines(worse.deliveries)


def test_who_took_it_on_knows_of_it_though_no_notice_went_out():
    desk, ledger = a_desk()
    desk.record(NO_INTAKE, [found(LOW, key=TREND, onset=NOON)], NOON)
    (alert,) = ledger.live()
    desk.acknowledge(alert.id, "ana", NOON + 1, seen=alert.seq)
    worse = desk.record(NO_INTAKE, [found(MEDIUM, key=TREND, time=NOON + MINUTE, onset=NOON)], NOON + MINUTE)
    assert (told(worse), first_lines(worse.deliveries)) == (["ana"], [WORSE])


def test_what_joined_and_nobody_heard_of_is_new_only_to_who_knows_the_rest():
    desk, ledger = a_desk()
    opened = desk.record(NO_INTAKE, [found(MEDIUM)], NOON)
    hand_over(ledger, *opened.deliveries)
    desk.record(NO_INTAKE, [found(MEDIUM, key=PULSE, time=NOON + 1, onset=NOON)], NOON + 1)
    (alert,) = ledger.live()
    assert [reason.key for reason in alert.reasons] == [SPO2, PULSE]
    desk.acknowledge(alert.id, "ana", NOON + MINUTE)
    lines = {it.recipient: it.body.splitlines()[0] for it in ledger.deliveries.values() if it.created == NOON + MINUTE}
    assert lines == {"ana": ADDED}
