"""Alerts of several reasons: found by every condition they hold, and never two for one."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Engine, inspect

from store.ledger import ConflictError, SqlLedger, migrate, open_ledger
from store.ledger.engine import open_engine, parsed
from tests.ledger.ledger_samples import alert, transition
from vitals.alert import Alert, AlertState
from vitals.finding import FindingKey, Severity
from vitals.identity import alert_id
from vitals.reason import Reason

LOW, FAST, SCORE = (
    FindingKey(rule, "p1", signal)
    for rule, signal in (("limit.low", "spo2"), ("limit.high", "heart_rate"), ("early_warning", ""))
)


def fused(number: int, *keys: FindingKey, cleared: tuple[FindingKey, ...] = (), **fields: object) -> Alert:
    """An alert led by the first of its conditions."""
    reasons = [Reason(key, Severity.HIGH, 1_000 * number, 2_000, holds=key not in cleared).row() for key in keys]
    evidence = {"value": 86.0, "reasons": reasons} if len(reasons) > 1 else {"value": 86.0}
    lead = alert(number, key=keys[0], evidence=evidence, episode="cardiorespiratory", onset=1_000 * number)
    return replace(lead, id=alert_id(keys[0], 1_000 * number), **fields)


def put(ledger: SqlLedger, *alerts: Alert) -> None:
    with ledger.write() as tx:
        tx.put_alerts(alerts)


def test_an_alert_is_found_by_each_condition_that_it_holds_and_by_its_episode(ledger: SqlLedger):
    both = fused(1, LOW, FAST, SCORE, cleared=(SCORE,), told_at=5)
    put(ledger, both)
    with ledger.write() as tx:
        assert tx.live_alerts([FAST]) == {FAST: both}
        assert tx.live_alerts([LOW, FAST, SCORE]) == {LOW: both, FAST: both}
        assert tx.live_episodes([("p1", "cardiorespiratory")]) == {("p1", "cardiorespiratory"): both}
        assert tx.live_episodes([("p1", "fluid"), ("p2", "cardiorespiratory")]) == {}
        assert tx.alert(alert_id(SCORE, 1_000)) == tx.alert(both.id) == both
        assert tx.alert(alert_id(SCORE, 2_000)) is None


def test_over_it_is_found_by_the_names_of_its_conditions_only(ledger: SqlLedger):
    both = fused(1, LOW, FAST)
    put(ledger, both)
    over = replace(both, state=AlertState.RESOLVED, updated=9_000)
    put(ledger, over)
    with ledger.write() as tx:
        assert (tx.live_alerts([LOW, FAST]), tx.live_episodes([("p1", "cardiorespiratory")])) == ({}, {})
        assert tx.alert(alert_id(FAST, 1_000)) == over
    assert (ledger.resolved(9_000), ledger.resolved(9_001)) == ([over], [])


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(fused(2, FAST, episode="elsewhere"), id="its condition is held by another alert"),
        pytest.param(replace(fused(1, FAST), episode="elsewhere"), id="its condition was told in another alert"),
        pytest.param(fused(2, SCORE), id="another alert takes what joins the episode"),
        pytest.param(fused(2, SCORE, LOW, episode="elsewhere"), id="a reason has an alert of its own"),
        pytest.param(fused(2, SCORE, FAST, episode="elsewhere"), id="a reason is held by another alert"),
    ],
)
def test_nothing_opens_unread_that_is_known(ledger: SqlLedger, new: Alert):
    with ledger.write() as tx:
        assert tx.open_alerts([fused(1, LOW, FAST)])
    with suppress(KeyError), ledger.write() as tx:
        assert not tx.open_alerts([new])
        raise KeyError
    with ledger.write() as tx:
        assert tx.open_alerts([fused(3, SCORE, episode="elsewhere")])


def test_two_live_alerts_never_hold_one_condition_or_share_an_episode(ledger: SqlLedger):
    put(ledger, fused(1, LOW, FAST))
    for other in (fused(2, SCORE), fused(2, SCORE, FAST, episode="elsewhere")):
        with pytest.raises(ConflictError, match="read the alert again"):
            put(ledger, other)
    assert ledger.live() == [fused(1, LOW, FAST)]


def test_one_that_nothing_joins_any_more_makes_room_in_the_same_transaction(ledger: SqlLedger):
    old, new = fused(1, LOW, FAST, cleared=(FAST,)), fused(2, FAST)
    put(ledger, fused(1, LOW, FAST))
    put(ledger, new, replace(old, episode=f"cardiorespiratory/{old.id}"))
    with ledger.write() as tx:
        assert tx.live_alerts([LOW, FAST]).keys() == {LOW, FAST}
        assert tx.live_alerts([FAST]) == tx.live_alerts([FAST]) == {FAST: new}


def test_a_condition_that_came_back_is_known_by_both_its_names(ledger: SqlLedger):
    first = fused(1, LOW)
    put(ledger, first)
    back = replace(first, onset=7_000)
    put(ledger, back)
    with ledger.write() as tx:
        assert tx.alert(first.id) == tx.alert(alert_id(LOW, 7_000)) == back


@pytest.fixture
def engine(url: str):
    opened = open_engine(parsed(url))
    yield opened
    opened.dispose()


def test_back_and_forth_alerts_and_history_stay(engine: Engine, url: str):
    alone, both = alert(7), fused(1, LOW, FAST)
    with open_ledger(url) as ledger:
        put(ledger, alone, both)
        with ledger.write() as tx:
            tx.add_transitions([transition(both)])
    with engine.begin() as connection:
        migrate.downgrade(connection, "0005")
    assert "alert_reasons" not in inspect(engine).get_table_names()
    with open_ledger(url) as ledger:
        assert sorted(ledger.live(), key=lambda a: a.id) == sorted(
            [alone, replace(both, episode="")], key=lambda a: a.id
        )
        assert ledger.transitions() == [transition(both)]
        with ledger.write() as tx:
            assert tx.live_alerts([LOW]).keys() == {LOW}
