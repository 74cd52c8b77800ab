"""Topics to decoders."""

import pytest
from pydantic import ValidationError

from ingest.decoders import DECODERS
from ingest.routes import DEFAULT_ROUTES, Route, filters, routes_of
from ingest.settings import MqttSettings, check_filter
from vitals.errors import ConfigError


@pytest.mark.parametrize(
    ("pattern", "topic", "fields"),
    [
        ("a/{patient}/c", "a/b/c", {"patient": "b"}),
        ("a/+/c", "a/b/c", {}),
        ("a/+/c", "a//c", {}),
        ("a/{patient}/c", "a//c", None),
        ("a/#", "a/b/c", {}),
        ("a/#", "a", {}),
        ("#", "anything/at/all", {}),
        ("a/b", "a/b/c", None),
        ("a.b", "aXb", None),
        ("a/{patient}", "a/b\n", {"patient": "b\n"}),
    ],
)
def test_patterns(pattern: str, topic: str, fields: dict[str, str] | None) -> None:
    assert Route.of(pattern, "vitals").match(topic) == fields


def test_every_default_route_has_a_decoder() -> None:
    assert {route.decoder for route in DEFAULT_ROUTES} == set(DECODERS)


def test_the_filters_to_subscribe_to_take_the_native_topics_as_one() -> None:
    assert filters(DEFAULT_ROUTES) == (
        "homevigil/v1/+/+/+/+",
        "home/+/BTtoMQTT/+",
        "home/+/LWT",
        "CM4_BLE_GW_TX",
        "senml/+",
    )


def test_all_bad_routes_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        routes_of({"a/#/b": "vitals", "c": "fhir"}, DECODERS)
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize("topic", ["a", "+/+", "#", "a/#", "$share/group/a/+"])
def test_filters_that_mqtt_allows(topic: str) -> None:
    assert check_filter(topic) == topic


@pytest.mark.parametrize("topic", ["", "a#", "a/#/b", "+a", "a\0b"])
def test_filters_that_it_does_not(topic: str) -> None:
    with pytest.raises(ValidationError, match="no topic filter"):
        MqttSettings(topics=(topic,))


def test_settings_that_cannot_work_are_refused() -> None:
    for bad in ({"password": "x"}, {"keepalive": "1s"}, {"tls": {"key_file": "k"}}, {"topics": []}, {"hots": "x"}):
        with pytest.raises(ValidationError):
            MqttSettings.model_validate(bad)
