"""docker-compose.yml and what it mounts: parts that fit each other, and nothing that works by a shipped password."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from monitor.settings import load_settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "deploy" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def compose() -> list[str]:
    """The command that reads compose files; it needs no engine for that."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "version"], check=False, capture_output=True).returncode
        ):
            return command
    pytest.skip("docker compose is not installed")


def read_by(compose: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*compose, "-f", str(ROOT / "docker-compose.yml"), "--env-file", os.devnull, "config", "--format", "json"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=kept | environment, cwd=ROOT, timeout=60
    )


def test_compose_itself_accepts_the_file(compose: list[str]) -> None:
    found = read_by(compose, SECRETS_DIR="./deploy/secrets", AGENCY_FILE="./agency.yaml")
    assert found.returncode == 0, found.stderr
    for service in json.loads(found.stdout)["services"].values():
        assert {port["host_ip"] for port in service.get("ports", ())} <= {"127.0.0.1"}


@pytest.mark.parametrize("name", ["SECRETS_DIR", "AGENCY_FILE"])
def test_compose_says_what_to_do_when_nothing_is_set(compose: list[str], name: str) -> None:
    given = {"SECRETS_DIR": "s", "AGENCY_FILE": "a"}
    found = read_by(compose, **{key: value for key, value in given.items() if key != name})
    assert found.returncode != 0
    assert "copy .env.example to .env" in found.stderr


def test_ports_are_opened_on_the_loopback_address() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 3
    assert all(port.startswith("${BIND_ADDRESS:-127.0.0.1}:") for port in ports)


def test_a_variable_has_a_harmless_default_or_says_what_is_missing() -> None:
    names = dict(re.findall(r"\$\{(\w+)(:[-?])", TEXT))
    assert names == {
        "BIND_ADDRESS": ":-",
        "MQTT_PORT": ":-",
        "INFLUX_PORT": ":-",
        "GRAFANA_PORT": ":-",
        "SECRETS_DIR": ":?",
        "AGENCY_FILE": ":?",
    }
    example = (ROOT / ".env.example").read_text("utf-8")
    assert all(name in example for name in names)


def test_no_secret_stands_in_the_file_or_in_an_environment() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", name):
                assert name.endswith("_FILE")
                assert value.startswith("/run/secrets/")
                assert value.removeprefix("/run/secrets/") in service["secrets"]
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
    assert all(secret["file"].startswith("${SECRETS_DIR:?") for secret in COMPOSE["secrets"].values())


def test_every_service_is_watched_and_waits_for_what_it_needs() -> None:
    assert all("healthcheck" in service for name, service in SERVICES.items() if name != "homevigil")
    assert "HEALTHCHECK" in DOCKERFILE
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert waits["homevigil"].keys() == {"mosquitto", "influxdb"}
    assert waits["grafana"].keys() == {"influxdb"}
    assert {wait["condition"] for needs in waits.values() for wait in needs.values()} == {"service_healthy"}
    assert all(service["restart"] == "unless-stopped" for service in SERVICES.values())


def test_images_name_their_version() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name != "homevigil"]
    assert all(re.search(r":\d+(\.\d+)+$", image) for image in images)


def test_what_is_mounted_from_the_repository_is_there() -> None:
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", ())]
    files = [volume.split(":")[0] for volume in mounts if volume.startswith("./")]
    assert len(files) == 5
    assert all((ROOT / file).exists() for file in files)
    named = {volume.split(":")[0] for volume in mounts if volume[0] not in "./$"} - {'"${AGENCY_FILE'}
    assert named == COMPOSE["volumes"].keys()


def test_the_services_settings_load_and_name_the_other_services() -> None:
    settings = load_settings(ROOT / "deploy" / "homevigil.toml")
    assert not settings.broker.embedded
    assert (settings.broker.host, settings.broker.real_port) == ("mosquitto", 1883)
    assert (settings.store.kind, settings.store.url) == ("influx", "http://influxdb:8086")
    environment = SERVICES["influxdb"]["environment"]
    assert settings.store.org == environment["DOCKER_INFLUXDB_INIT_ORG"]
    assert settings.store.bucket == environment["DOCKER_INFLUXDB_INIT_BUCKET"]
    secrets = {str(settings.broker.password_file), str(settings.store.token_file)}
    assert secrets == {f"/run/secrets/{name}" for name in SERVICES["homevigil"]["secrets"]}
    assert str(settings.data_dir) == "/var/lib/homevigil"
    assert f":{settings.metrics.port}/" in script("health").ADDRESS


def test_grafana_is_given_the_data_source_that_the_dashboards_name() -> None:
    folder = ROOT / "deploy" / "grafana" / "provisioning"
    (source,) = yaml.safe_load((folder / "datasources" / "homevigil.yaml").read_text("utf-8"))["datasources"]
    asked = {
        panel["datasource"]["uid"]
        for file in (ROOT / "dashboards" / "grafana" / "json").glob("*.json")
        for panel in json.loads(file.read_text("utf-8"))["panels"]
    }
    assert asked == {source["uid"]}
    settings = load_settings(ROOT / "deploy" / "homevigil.toml").store
    told = source["jsonData"]
    assert (source["url"], told["organization"], told["defaultBucket"]) == (settings.url, settings.org, settings.bucket)
    (provider,) = yaml.safe_load((folder / "dashboards" / "homevigil.yaml").read_text("utf-8"))["providers"]
    assert f"./dashboards/grafana/json:{provider['options']['path']}:ro" in SERVICES["grafana"]["volumes"]
    token = source["secureJsonData"]["token"]
    assert token in [f"$__file{{/run/secrets/{name}}}" for name in SERVICES["grafana"]["secrets"]]


def test_the_image_is_locked_and_runs_as_nobody_special() -> None:
    stages = DOCKERFILE.split("FROM ")
    assert len(stages) == 3
    assert all(
        "--require-hashes" in line for line in DOCKERFILE.splitlines() if " -r " in line and "pip install" in line
    )
    assert re.search(r"^USER homevigil$", stages[-1], re.MULTILINE)
    assert "COPY . ." not in stages[-1]


def test_the_image_is_built_from_a_list_not_from_everything() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[1] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in let_in)
    copied = re.findall(r"^COPY (?!--from|\. \.)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for names in copied for name in names.split()} <= let_in
    assert not let_in & {"deploy", "tests", ".env", "deploy/secrets"}


def test_the_image_holds_what_runs_and_not_what_only_developers_need() -> None:
    runtime = script("runtime_requirements").runtime
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    kept = {line.split("==")[0] for line in runtime(lock).splitlines() if re.match(r"[a-z]", line)}
    assert kept >= {"numpy", "duckdb", "sqlalchemy", "influxdb-client", "urllib3", "pydantic-core"}
    assert not kept & {"pytest", "mypy", "ruff", "hypothesis", "grafana-foundation-sdk", "hatchling"}
    assert all(text in lock for text in runtime(lock).splitlines())


def test_what_the_runtime_needs_is_all_there() -> None:
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    kept = {name for name, _ in script("runtime_requirements").blocks(_runtime_lock())}
    for name in sorted(kept):
        try:
            wanted = [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            continue  # locked for another platform
        needed = {
            need.name.lower().replace("_", "-")
            for need in wanted
            if not need.marker or need.marker.evaluate({"extra": ""})
        }
        assert needed <= kept, name


def _runtime_lock() -> str:
    text: str = script("runtime_requirements").runtime((ROOT / "requirements.lock").read_text("utf-8"))
    return text


def test_the_health_check_names_what_is_down() -> None:
    down = script("health").parts_down
    assert down('homevigil_stage_up{part="store"} 0.0\nhomevigil_stage_up{part="broker"} 1.0\n') == ["store"]
    assert down("# HELP homevigil_stage_up x\n") == []
