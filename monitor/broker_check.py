"""Whether the broker answers, asked with a session of our own, so that the service's is left alone."""

import tempfile
import threading
from pathlib import Path
from typing import Final

from ingest.mqtt import MqttSource
from ingest.settings import MqttSettings
from monitor.parts import broker_port, mqtt_settings, the_broker, the_readings
from monitor.settings import Settings
from store.lock import InUseError
from vitals.clock import SystemClock
from vitals.errors import HomevigilError

_PATIENCE = 10.0
_TOPICS: Final = ("homevigil/v1/+/+/+/+",)


def broker_words(settings: Settings) -> str:
    """Connect and subscribe; HomevigilError says what is in the way.

    An embedded broker is the running service's; while none runs, one is started for the moment, where it would listen.
    """
    if not settings.broker.embedded:
        return _subscribe(mqtt_settings(settings, _TOPICS, None))
    if _service_runs(settings):
        there = settings.broker.model_copy(update={"embedded": False, "port": broker_port(settings)})
        found = settings.model_copy(update={"broker": there})
        return "embedded, of the running service; " + _subscribe(mqtt_settings(found, _TOPICS, None))
    with tempfile.TemporaryDirectory() as folder:
        tried = settings.model_copy(update={"data_dir": Path(folder)})
        with the_broker(tried) as broker:
            said = "embedded; " + _subscribe(mqtt_settings(tried, _TOPICS, broker))
    return said if settings.broker.port else f"{said} (another port at each start: set broker.port for your devices)"


def _service_runs(settings: Settings) -> bool:
    """Only a running service holds an embedded store for long."""
    if settings.store.kind != "duckdb":
        return False
    try:
        the_readings(settings).close()
    except InUseError:
        return True
    return False


def _subscribe(settings: MqttSettings) -> str:
    heard, said = threading.Event(), [False, "no answer"]

    def told(connected: bool, why: str) -> None:  # noqa: FBT001  (the hook's signature)
        said[:] = [connected, why]
        heard.set()

    own = settings.model_copy(update={"client_id": f"{settings.client_id[:17]}-check", "session_expiry": 0})
    source = MqttSource(own, SystemClock(), on_connection=told)
    source.start()
    heard.wait(_PATIENCE)
    connected, why = said
    source.stop()
    if not connected:
        raise HomevigilError(str(why))
    return str(why)
