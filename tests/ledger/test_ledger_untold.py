"""Signs that notices do not leave, or reach nobody, for whoever watches the service."""

import pytest

from store.ledger import SqlLedger
from tests.ledger.ledger_samples import Try, alert, delivery, leased, transition
from tests.ledger.test_ledger_queue import queue
from vitals.alert import UNTRIED, AlertState


def test_what_waits_is_as_old_as_the_time_it_was_to_go_whoever_holds_it(ledger: SqlLedger):
    assert ledger.waiting_since() is None
    queue(ledger, delivery(alert(), due=300), delivery(alert(2), due=700))
    assert ledger.waiting_since() == 300
    ledger.lease("slow", 400, 60_400, 1)
    assert (ledger.waiting_since(), ledger.next_due()) == (300, 700)
    ledger.lease("slow", 60_400, 120_400, 1)
    assert ledger.waiting_since() == 300
    ledger.mark([Try("a1/1/ana", 70_000, ok=True, result="ok")])
    assert ledger.waiting_since() == 700


@pytest.mark.parametrize("result", UNTRIED)
def test_what_no_channel_was_tried_for_is_no_sign_of_a_dead_one(ledger: SqlLedger, result: str):
    with ledger.write() as tx:
        tx.put_alerts([alert()])
    queue(ledger, leased(alert()))
    ledger.mark([Try("a1/1/ana", 100, ok=False, result=result, retry_at=700)])
    assert ledger.untold_since() is None
    ledger.mark([Try("a1/1/ana", 700, ok=False, result="no answer", retry_at=900)])
    ledger.mark([Try("a1/1/ana", 900, ok=False, result=result, retry_at=1_000)])
    assert ledger.untold_since() == 700


def test_an_answer_by_whatever_way_shows_that_somebody_knows(ledger: SqlLedger):
    untold, answered = alert(), alert(seq=2, state=AlertState.ACKNOWLEDGED)
    with ledger.write() as tx:
        tx.put_alerts([untold])
    queue(ledger, leased(untold))
    ledger.mark([Try("a1/1/ana", 700, ok=False, result="no such number")])
    assert ledger.untold_since() == 700
    with ledger.write() as tx:
        tx.add_transitions([transition(answered, 2)])
        tx.put_alerts([alert(seq=3)])
    assert ledger.untold_since() is None, "told anew, it waits for its next try"
