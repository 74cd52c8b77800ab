"""What `homevigil check` says of the embedded broker: the one that devices will find, or what is in its way."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.broker_check import broker_words
from monitor.parts import note_port, the_broker, the_readings
from monitor.sections import BrokerSettings
from monitor.settings import Settings
from vitals.errors import UnavailableError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_somebody_has_is_named_with_the_remedy(tmp_path: Path, taken: int):
    settings = Settings(data_dir=tmp_path, broker=BrokerSettings(port=taken))
    with pytest.raises(UnavailableError, match=rf"port {taken} of 127\.0\.0\.1 is in use: .* another broker\.port"):
        broker_words(settings)
    with pytest.raises(UnavailableError, match="is in use"):
        the_broker(settings).start()


def test_without_a_port_devices_would_find_another_each_time_and_it_says_so(tmp_path: Path):
    assert "set broker.port" in broker_words(Settings(data_dir=tmp_path))


def test_while_the_service_runs_its_own_broker_is_asked(tmp_path: Path):
    settings = Settings(data_dir=tmp_path)
    readings = the_readings(settings)
    try:
        with the_broker(settings) as broker:
            note_port(settings, broker)
            assert broker_words(settings).startswith(
                f"embedded, of the running service; connected to 127.0.0.1:{broker.port}"
            )
    finally:
        readings.close()
