"""A source that cleans up after itself."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingest.mqtt import MqttSource
from ingest.settings import MqttSettings
from tests.ingest.kit import Connections
from vitals.clock import SystemClock

SourceFactory = Callable[..., tuple[MqttSource, Connections]]


@pytest.fixture
def make_source() -> Iterator[SourceFactory]:
    made: list[MqttSource] = []
    ids = itertools.count()

    def make(broker: Any, *, start: bool = True, **settings: Any) -> tuple[MqttSource, Connections]:
        hook = Connections()
        base = {
            "host": broker.host,
            "port": broker.port,
            "client_id": f"reader{next(ids)}",
            "reconnect_min": "50ms",
            "reconnect_max": "200ms",
        }
        source = MqttSource(MqttSettings.model_validate(base | settings), SystemClock(), on_connection=hook)
        made.append(source)
        if start:
            source.start()
            hook.await_one(True)
        return source, hook

    yield make
    for source in made:
        source.stop()
