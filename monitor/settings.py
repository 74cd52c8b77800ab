"""Settings: one TOML file and the environment, every fault named with its line and remedy."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.faults import faults_of
from vitals.errors import ConfigError, Fault
from vitals.times import DAY, MINUTE, Duration

DEFAULT_FILE = Path("homevigil.toml")


class Section(BaseModel):
    """A section of the settings file: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BrokerSettings(Section):
    """Which MQTT broker. ``embedded`` starts one of our own; else ``host`` and ``port`` name yours."""

    embedded: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535, description="0: a free one when embedded, 1883 or 8883 otherwise")
    protocol: Literal["3.1.1", "5"] | None = None
    client_id: str = Field(default="homevigil", min_length=1, max_length=23)
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive: Duration = Field(default=30_000, ge=2_000)
    topics: tuple[str, ...] = ()

    @property
    def real_port(self) -> int:
        """The port to connect to when the broker is not ours."""
        return self.port or (8883 if self.tls else 1883)

    def secret(self) -> str | None:
        """The password, from its file if one is named."""
        if self.password_file is not None:
            return _read_secret(self.password_file, "broker.password_file")
        return self.password.get_secret_value() if self.password else None


class StoreSettings(Section):
    """Where readings are kept: an embedded DuckDB file, or InfluxDB 2."""

    kind: Literal["duckdb", "influx"] = "duckdb"
    path: Path | None = None
    retention: Duration | None = Field(default=None, gt=0)
    url: str | None = None
    org: str = "homevigil"
    bucket: str = "vitals"
    token: SecretStr | None = None
    token_file: Path | None = None

    @model_validator(mode="after")
    def _influx_is_complete(self) -> Self:
        if self.kind == "influx" and not (self.url and (self.token or self.token_file)):
            raise ValueError("kind 'influx' needs url and token_file (or HOMEVIGIL_STORE__TOKEN)")
        return self

    def secret(self) -> str:
        """The InfluxDB token, from its file if one is named."""
        if self.token_file is not None:
            return _read_secret(self.token_file, "store.token_file")
        return self.token.get_secret_value() if self.token else ""


class LedgerSettings(Section):
    """Where alerts, people and plans are kept: a SQLAlchemy URL; SQLite beside the readings by default."""

    url: SecretStr | None = None
    url_file: Path | None = None


class IngestSettings(Section):
    """How strictly what comes in is judged. ``routes`` maps topic filters to decoders, first match wins."""

    unknown_patients: Literal["reject", "admit"] = "reject"
    late_after: Duration = Field(default=10 * MINUTE, gt=0)
    max_age: Duration = Field(default=400 * DAY, gt=0)
    routes: dict[str, str] = Field(default_factory=dict)


class OutboxSettings(Section):
    """How notices leave the house."""

    workers: int = Field(default=4, ge=1, le=64)


class LogSettings(Section):
    """What is logged, to standard error: no patient's name and no secret, at any level."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class MetricsSettings(Section):
    """A Prometheus endpoint for the service itself; off unless a port is given."""

    port: int | None = Field(default=None, ge=1, le=65535)
    host: str = "127.0.0.1"


class Settings(BaseSettings):
    """Everything the service needs to know; ``HOMEVIGIL_BROKER__HOST`` overrides ``broker.host`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="HOMEVIGIL_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    data_dir: Path = Path("data")
    broker: BrokerSettings = BrokerSettings()
    store: StoreSettings = StoreSettings()
    ledger: LedgerSettings = LedgerSettings()
    ingest: IngestSettings = IngestSettings()
    outbox: OutboxSettings = OutboxSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file: a container overrides one value without a new file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy URL; it may hold a password."""
        if self.ledger.url_file is not None:
            return _read_secret(self.ledger.url_file, "ledger.url_file")
        if self.ledger.url is not None:
            return self.ledger.url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'ledger.db'}"

    def readings_path(self) -> Path:
        """The DuckDB file."""
        return self.store.path or self.data_dir / "readings.duckdb"


def load_settings(path: Path | None = None) -> Settings:
    """Settings from ``path`` (default: homevigil.toml where it exists) and the environment.

    Raises ConfigError naming every fault.
    """
    if path is not None and not path.exists():
        raise ConfigError([Fault(str(path), "--config", "there is no such file", "homevigil init writes one")])
    file = path or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    text = file.read_text(encoding="utf-8") if file else ""
    values = _parse(str(file), text)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigError(
            faults_of(error, Settings, lambda loc: _where(str(file or "environment"), text, loc))
        ) from None


def _parse(name: str, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Fault(name, "file", f"is no TOML: {error}", "mend the named line")]) from None


def _where(name: str, text: str, loc: tuple[int | str, ...]) -> str:
    """File and line of a key, as far as the text tells: tomllib keeps no marks."""
    section, key = (str(loc[0]), str(loc[1])) if len(loc) > 1 else ("", str(loc[0]) if loc else "")
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.split("#")[0].strip()
        if bare.startswith("["):
            current = bare.strip("[] ")
            if current == key and not section:
                return f"{name}:{number}"
        elif current == section and bare.split("=")[0].strip() == key:
            return f"{name}:{number}"
    return name


def _read_secret(path: Path, field: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            [Fault(field, str(path), error.strerror or "cannot be read", "name a readable file")]
        ) from None
