"""How a publisher reaches its broker."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from vitals.times import SECOND, Duration


class PublisherTls(BaseModel):
    """TLS to the broker; without ``ca_file`` the system's authorities are trusted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    @property
    def paths(self) -> tuple[Path | None, Path | None, Path | None]:
        return self.ca_file, self.cert_file, self.key_file


class PublisherSettings(BaseModel):
    """Where to publish, and how many messages may be unconfirmed at a time (``window``; a 5 broker may ask for fewer).

    Durations are ms. ``drain_timeout`` is how long to wait for the last confirmations.

    >>> PublisherSettings(port=1884).host
    '127.0.0.1'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=1883, ge=1, le=65_535)
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    client_id: str = Field(default="", max_length=128)
    username: str | None = None
    password: SecretStr | None = None
    tls: PublisherTls | None = None
    window: int = Field(default=500, ge=1, le=60_000)
    connect_timeout: Duration = Field(default=10 * SECOND, ge=100)
    drain_timeout: Duration = Field(default=30 * SECOND, ge=0)
