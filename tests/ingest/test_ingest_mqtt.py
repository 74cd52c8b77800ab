"""MqttSource against real brokers: what was not acknowledged comes again, what was does not."""

import threading
from itertools import groupby
from typing import Any

import pytest

from tests.ingest.kit import TOPIC, Connections, numbers, payloads, publish, take

pytestmark = pytest.mark.broker


@pytest.fixture(params=["3.1.1", "5"])
def protocol(request: pytest.FixtureRequest, broker: Any) -> str:
    if request.param not in broker.protocols:
        pytest.skip(f"{broker.name} does not speak MQTT {request.param}")
    return request.param


def test_messages_arrive_in_order_with_topic_payload_and_time(broker: Any, protocol: str, make_source: Any) -> None:
    source, hook = make_source(broker, protocol=protocol)
    publish(broker, numbers(0, 300))
    messages = take(source, 300)
    assert payloads(messages) == numbers(0, 300)
    assert {m.topic for m in messages} == {TOPIC}
    assert all(m.received > 1_600_000_000_000 and not m.retained for m in messages)
    source.acknowledge(messages)
    assert source.connected
    assert protocol in hook.said[0][1]


def test_unacknowledged_messages_come_again_after_a_disconnect(broker: Any, protocol: str, make_source: Any) -> None:
    first, _ = make_source(broker, protocol=protocol, client_id="same")
    publish(broker, numbers(0, 20))
    messages = take(first, 20)
    first.acknowledge(messages[:10])
    first.stop()
    second, _ = make_source(broker, protocol=protocol, client_id="same")
    again = take(second, 10)
    second.acknowledge(again)
    assert payloads(again) == numbers(10, 20)
    second.stop()
    third, _ = make_source(broker, protocol=protocol, client_id="same")
    publish(broker, [b"new"])
    assert payloads(take(third, 1)) == [b"new"]


def test_messages_published_while_we_are_away_wait_for_us(broker: Any, protocol: str, make_source: Any) -> None:
    first, _ = make_source(broker, protocol=protocol, client_id="same")
    first.stop()
    publish(broker, numbers(0, 50))
    second, _ = make_source(broker, protocol=protocol, client_id="same")
    assert payloads(take(second, 50)) == numbers(0, 50)


def test_a_killed_connection_redelivers_and_its_late_acknowledgement_is_dropped(
    broker: Any, protocol: str, make_source: Any
) -> None:
    source, hook = make_source(broker, protocol=protocol)
    publish(broker, numbers(0, 5))
    old = take(source, 5)
    cut(source)
    hook.await_one(False)
    hook.await_one(True, after=2)
    again = take(source, 5)
    assert payloads(again) == numbers(0, 5)
    assert not {m.token for m in old} & {m.token for m in again}
    source.acknowledge(old)  # for a connection that is gone: must not count for the new one
    cut(source)
    hook.await_one(True, after=4)
    third = take(source, 5)
    assert payloads(third) == numbers(0, 5)
    source.acknowledge(third)


def cut(source: Any) -> None:
    """Break the connection from below, as a network does."""
    source.client.socket().shutdown(2)


def test_a_restarted_broker_is_found_again_and_nothing_is_lost(broker: Any, protocol: str, make_source: Any) -> None:
    source, hook = make_source(broker, protocol=protocol)
    publish(broker, numbers(0, 30))
    unacknowledged = take(source, 30)
    broker.stop()
    hook.await_one(False)
    broker.start()
    hook.await_one(True, after=2)
    publish(broker, numbers(30, 60))
    came = set(payloads(unacknowledged)) | set(payloads(take(source, 30)))
    while len(came) < 60:
        came |= set(payloads(take(source, 1)))
    assert came == set(numbers(0, 60))
    assert [state for state, _ in groupby(state for state, _ in hook.said)] == [True, False, True]


def test_a_stuck_pipeline_does_not_cost_the_connection(broker: Any, protocol: str, make_source: Any) -> None:
    """Nothing is taken for two keep-alives (a broker cuts after one and a half), and there is more than we may hold."""
    source, hook = make_source(broker, protocol=protocol, keepalive="2s", max_unacknowledged=10)
    publish(broker, numbers(0, 200))
    threading.Event().wait(4.5)
    assert hook.said == [(True, hook.said[0][1])], "the connection was lost while the pipeline was stuck"
    came: list[bytes] = []
    while len(came) < 200:
        messages = take(source, 1)
        assert len(messages) <= 10
        came += payloads(messages)
        source.acknowledge(messages)
    assert list(dict.fromkeys(came)) == numbers(0, 200)
    assert hook.said[0][0]
    assert len(hook.said) == 1


def test_retained_messages_say_so(mosquitto: Any, make_source: Any) -> None:
    publish(mosquitto, [b'{"state":"online"}'], "homevigil/v1/a/p1/d1/status", retain=True)
    source, _ = make_source(mosquitto)
    assert take(source, 1)[0].retained


def test_qos_0_messages_have_nothing_to_acknowledge(mosquitto: Any, make_source: Any) -> None:
    source, _ = make_source(mosquitto)
    publish(mosquitto, [b"x"], qos=0)
    messages = take(source, 1)
    assert messages[0].token is None
    source.acknowledge(messages)


def test_an_oversize_packet_is_cut_and_the_next_one_is_whole(mosquitto: Any, make_source: Any) -> None:
    source, hook = make_source(mosquitto, max_packet=70_000)
    publish(mosquitto, [b"x" * 3_000_000, b"after"])
    big, after = take(source, 2)
    assert 65_536 < len(big.payload) <= 70_000
    assert after.payload == b"after"
    source.acknowledge([big, after])
    assert len(hook.said) == 1


def test_a_broker_that_is_not_there_is_said_once(make_source: Any, mosquitto: Any) -> None:
    mosquitto.stop()
    source, hook = make_source(mosquitto, start=False)
    source.start()
    assert "check host and port" in hook.await_one(False)
    mosquitto.start()
    hook.await_one(True)
    assert [state for state, _ in hook.said] == [False, True]


def test_take_returns_when_nothing_comes(mosquitto: Any, make_source: Any) -> None:
    source, _ = make_source(mosquitto)
    assert source.take(0.01) == []


def test_stop_is_clean_and_says_so(mosquitto: Any, make_source: Any) -> None:
    source, hook = make_source(mosquitto)
    source.stop()
    source.stop()
    assert hook.said[-1] == (False, "disconnected: stopped")
    assert not source.connected


def test_a_hook_that_fails_does_not_end_the_listening(mosquitto: Any, make_source: Any) -> None:
    source, _ = make_source(mosquitto, start=False)
    hook = Connections()

    def failing(connected: bool, why: str) -> None:  # noqa: FBT001
        hook(connected, why)
        raise RuntimeError("a hook's own fault")

    source._on_connection = failing
    source.start()
    hook.await_one(True)
    publish(mosquitto, [b"x"])
    source.acknowledge(take(source, 1))
    cut(source)
    hook.await_one(True, after=2)
    publish(mosquitto, [b"y"])
    assert payloads(take(source, 1)) == [b"y"]
