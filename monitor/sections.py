"""The sections of the settings file."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from vitals.errors import ConfigError, Fault
from vitals.times import DAY, HOUR, MINUTE, Duration


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
            return read_secret(self.password_file, "broker.password_file")
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
            return read_secret(self.token_file, "store.token_file")
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


class AlertSettings(Section):
    """How much the people who answer can bear: alerts per patient-day, what ``homevigil tune`` holds them against.

    ``digests``: whoever comes on is told of what is open, nurse and manager of the week.
    """

    budget: float = Field(default=0.25, gt=0)
    digests: bool = True


class OutboxSettings(Section):
    """How notices leave the house: at most ``most`` messages to one person over one channel in ``window``; what goes
    beyond waits, and is told in one. What is HIGH and new never waits.
    """

    workers: int = Field(default=4, ge=1, le=64)
    most: int = Field(default=6, ge=1)
    window: Duration = Field(default=10 * MINUTE, gt=0)


class WebSettings(Section):
    """The pages behind the links in notices, the board, web hooks. ``public_url`` is how phones reach them (through
    your proxy, with TLS); without it notices hold a code instead. ``secret_file`` signs links (ours if none is named).
    """

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
    public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s]+(/[^\s]*)?$")
    secret_file: Path | None = None
    link_valid: Duration = Field(default=DAY, gt=0)
    session_valid: Duration = Field(default=12 * HOUR, gt=0, description="how long the board stays open")
    twilio_auth_token: SecretStr | None = None
    twilio_auth_token_file: Path | None = None

    def twilio(self) -> str | None:
        """The auth token that Twilio signs with, from its file if one is named."""
        if self.twilio_auth_token_file is not None:
            return read_secret(self.twilio_auth_token_file, "web.twilio_auth_token_file")
        return self.twilio_auth_token.get_secret_value() if self.twilio_auth_token else None


class WatchSettings(Section):
    """Watching the watcher: an outside monitor's URL to ping, and Apprise URLs told when the service cannot tell."""

    heartbeat_url: SecretStr | None = None
    every: Duration = Field(default=MINUTE, ge=1_000)
    second_path: tuple[SecretStr, ...] = ()
    outbox_after: Duration = Field(default=MINUTE, gt=0)
    pipeline_after: Duration = Field(default=MINUTE, gt=0)
    store_after: Duration = Field(default=MINUTE, gt=0)
    again: Duration = Field(default=15 * MINUTE, gt=0)
    drill_every: Duration | None = Field(default=None, ge=10 * MINUTE)

    @field_validator("heartbeat_url")
    @classmethod
    def _is_web(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("is no web address: write for example https://hc-ping.com/…")
        return url


class LogSettings(Section):
    """What is logged, to standard error: no patient's name and no secret, at any level."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class MetricsSettings(Section):
    """A Prometheus endpoint for the service itself; off unless a port is given."""

    port: int | None = Field(default=None, ge=1, le=65535)
    host: str = "127.0.0.1"


def read_secret(path: Path, field: str) -> str:
    """What a file holds, without the white space around it; ConfigError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            [Fault(field, str(path), error.strerror or "cannot be read", "name a readable file")]
        ) from None
