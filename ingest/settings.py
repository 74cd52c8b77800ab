"""How to reach the MQTT broker."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from vitals.times import DAY, MINUTE, SECOND, Duration

VITALS_FILTER = "homevigil/v1/+/+/+/+"
"""Every patient's vitals, status and events of the native format."""


def check_filter(topic: str) -> str:
    """The MQTT topic filter itself, or ValueError where its wildcards stand wrong (MQTT 5, section 4.7).

    >>> check_filter("home/+/BTtoMQTT/#")
    'home/+/BTtoMQTT/#'
    >>> check_filter("home/a+/x")
    Traceback (most recent call last):
    ...
    ValueError: 'home/a+/x' is no topic filter: + stands alone between slashes, and # alone at the end
    """
    levels = topic.split("/")
    misplaced = any(("+" in level or "#" in level) and len(level) > 1 for level in levels) or "#" in levels[:-1]
    if not topic or "\0" in topic or misplaced or len(topic.encode()) > 65_535:
        raise ValueError(f"{topic!r} is no topic filter: + stands alone between slashes, and # alone at the end")
    return topic


TopicFilter = Annotated[str, AfterValidator(check_filter)]


class Part(BaseModel):
    """Unknown keys are faults; values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsSettings(Part):
    """TLS to the broker. Without ``ca_file`` the system's authorities are trusted; certificate and key are ours."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if self.key_file is not None and self.cert_file is None:
            raise ValueError("key_file without cert_file: name both, or neither")
        return self


class MqttSettings(Part):
    """One subscriber with a persistent session. Durations are ms, written ``30s``.

    ``keepalive`` is at least 2s: of one second some brokers grant no half more, so that no ping is in time.
    ``max_unacknowledged`` bounds what we hold: to an MQTT 5 broker it is the Receive Maximum. ``max_packet`` (bytes) is
    the Maximum Packet Size there; what is longer and comes all the same is cut off and refused as oversize.

    >>> MqttSettings(host="broker.example", protocol="5").max_unacknowledged
    4096
    """

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=1883, ge=1, le=65_535)
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    client_id: str = Field(default="homevigil", min_length=1, max_length=128)
    username: str | None = None
    password: SecretStr | None = None
    tls: TlsSettings | None = None
    topics: tuple[TopicFilter, ...] = Field(default=(VITALS_FILTER,), min_length=1)
    keepalive: Duration = Field(default=30 * SECOND, ge=2 * SECOND, le=18 * 60 * MINUTE)
    connect_timeout: Duration = Field(default=10 * SECOND, ge=100)
    reconnect_min: Duration = Field(default=SECOND, ge=10)
    reconnect_max: Duration = Field(default=MINUTE, ge=10)
    session_expiry: Duration = Field(default=7 * DAY, ge=0, description="MQTT 5; a 3.1.1 broker has its own")
    max_unacknowledged: int = Field(default=4_096, ge=1, le=65_535)
    max_packet: int = Field(default=256 * 1024, ge=70_000, le=268_435_455)

    @model_validator(mode="after")
    def _password_has_a_name(self) -> Self:
        if self.password is not None and self.username is None:
            raise ValueError("password without username: MQTT 3.1.1 sends a password only with a username")
        return self
