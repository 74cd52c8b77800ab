"""Settings: one TOML file and the environment, every fault named with its line and remedy."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.environment import unknown_variables
from monitor.faults import faults_of
from monitor.sections import (
    AlertSettings,
    BrokerSettings,
    IngestSettings,
    LedgerSettings,
    LogSettings,
    MetricsSettings,
    OutboxSettings,
    StoreSettings,
    WatchSettings,
    WebSettings,
    read_secret,
)
from vitals.errors import ConfigError, Fault

DEFAULT_FILE = Path("homevigil.toml")


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
    alerts: AlertSettings = AlertSettings()
    web: WebSettings = WebSettings()
    watch: WatchSettings = WatchSettings()
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
            return read_secret(self.ledger.url_file, "ledger.url_file")
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
    text = _read(file) if file else ""
    values = _parse(str(file), text)
    faults = unknown_variables(Settings, os.environ)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults += faults_of(error, Settings, lambda loc: _where(str(file or "environment"), text, loc))
    if faults:
        raise ConfigError(faults)
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([Fault(str(file), "--config", f"{error.strerror}", "name a file that can be read")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(file), "file", "is not UTF-8", "save it as UTF-8")]) from None


def _parse(name: str, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Fault(name, "file", f"is no TOML: {error}", "mend the named line")]) from None


def _where(name: str, text: str, loc: tuple[int | str, ...]) -> str:
    """File and line of a key, as far as the text tells: tomllib keeps no marks. What the environment says, wins."""
    variable = "__".join(("HOMEVIGIL", *map(str, loc))).replace("HOMEVIGIL__", "HOMEVIGIL_", 1).upper()
    if variable in os.environ:
        return f"environment, {variable}"
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
