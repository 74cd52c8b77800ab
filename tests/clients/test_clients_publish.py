"""Clients that others use publish to the service, and the notice arrives: Mosquitto's own, and MQTT.js on Node."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.load import ABNORMAL
from tests.faults.check import low_alerts
from tests.faults.kit import AGENCY, Watch, agency, watching
from tests.faults.load import payload
from tests.faults.phone import Phone, a_phone
from vitals.clock import SystemClock

pytestmark = pytest.mark.broker

TOPIC = f"homevigil/v1/{AGENCY}/p-0017/oximeter-1/vitals"
CACHE = Path.home() / ".cache" / "homevigil-tests" / "mqttjs"
SCRIPT = """
const [port, topic, body] = process.argv.slice(1);
const client = require("mqtt").connect({host: "127.0.0.1", port: Number(port), connectTimeout: 10000});
client.on("error", (error) => { console.error(error.message); process.exit(1); });
client.on("connect", () => client.publish(topic, body, {qos: 1}, (error) => {
  if (error) { console.error(error.message); process.exit(1); }
  client.end();
}));
"""


@pytest.fixture
def phone() -> Iterator[Phone]:
    with a_phone() as phone:
        yield phone


@pytest.fixture
def service(tmp_path: Path, broker: Any, phone: Phone) -> Iterator[Watch]:
    people = agency(phone.url("ana"), ["p-0017"], caregiver="ana")
    with watching(Watch(tmp_path, broker.port, people)) as service:
        yield service


@pytest.fixture(scope="session")
def mqttjs() -> Path:
    """A folder with MQTT.js, kept between runs; a skip where it cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed (Debian packages nodejs and npm)")
    if not (CACHE / "node_modules" / "mqtt" / "package.json").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "mqtt@5", "--no-audit", "--no-fund", "--prefix", str(CACHE)]
        try:
            done = subprocess.run(install, cwd=CACHE, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm install mqtt@5 took more than two minutes")
        if done.returncode:
            pytest.skip(f"npm cannot install mqtt@5: {done.stderr.strip()[-200:]}")
    return CACHE


def low_saturation() -> str:
    return payload(SystemClock().now(), ABNORMAL).decode()


def send(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def check_told(service: Watch, phone: Phone) -> None:
    """The right person, the right words; one alert of it."""
    notice = phone.wait_for(lambda notice: "oxygen saturation" in notice.title.lower())
    assert notice.to == "ana"
    assert notice.title.startswith("Act now: ")
    assert notice.title.endswith("p-0017")
    assert "Measured 82 %, limit 88 %" in notice.body
    assert "measure again and report to the nurse" in notice.body
    service.stop()
    (alert,) = low_alerts(service.folder)
    assert f"Alert {alert.id}" in notice.body


def test_mosquitto_pub(service: Watch, phone: Phone) -> None:
    if shutil.which("mosquitto_pub") is None:
        pytest.skip("mosquitto_pub is not installed (Debian package mosquitto-clients)")
    port = str(service.port)
    send("mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", TOPIC, "-m", low_saturation())
    check_told(service, phone)


def test_mqttjs(service: Watch, phone: Phone, mqttjs: Path) -> None:
    send("node", "-e", SCRIPT, str(service.port), TOPIC, low_saturation(), folder=mqttjs)
    check_told(service, phone)
