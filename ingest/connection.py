"""From settings to a configured client, and from what went wrong to words with a remedy."""

import ssl
from typing import Any

from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.client import BufferedClient
from ingest.settings import MqttSettings, TlsSettings
from vitals.errors import ConfigError, Fault
from vitals.times import SECOND

REFUSED = {
    "Bad user name or password": "check username and password",
    "Not authorized": "check username and password, and what the broker allows this client",
    "Client identifier not valid": "choose another client_id",
    "Unsupported protocol version": "set protocol to 3.1.1",
    "Banned": "ask the broker's operator",
}
"""CONNACK reasons that trying again does not mend, and what does (MQTT 5, section 3.2.2.2; 3.1.1, section 3.2.2.3)."""


def make_client(settings: MqttSettings, **stream: Any) -> BufferedClient:
    """A client that keeps its session at the broker and acknowledges by hand. ConfigError for unusable TLS files."""
    v5 = settings.protocol == "5"
    client = BufferedClient(
        CallbackAPIVersion.VERSION2,
        settings.client_id,
        None if v5 else False,
        protocol=MQTTv5 if v5 else MQTTv311,
        reconnect_on_failure=False,  # we reconnect ourselves, with jitter; paho would change protocol or client id
        manual_ack=True,
        max_packet=settings.max_packet,
        **stream,
    )
    client.connect_timeout = settings.connect_timeout / SECOND
    if settings.username is not None:
        secret = settings.password
        client.username_pw_set(settings.username, None if secret is None else secret.get_secret_value())
    if settings.tls is not None:
        client.tls_set_context(tls_context(settings.tls))
    return client


def connect(client: Client, settings: MqttSettings) -> None:
    """Open the connection and send CONNECT; OSError when the broker cannot be reached."""
    keepalive = settings.keepalive // SECOND
    if settings.protocol == "5":
        client.connect(settings.host, settings.port, keepalive, clean_start=False, properties=_properties(settings))
    else:
        client.connect(settings.host, settings.port, keepalive)


def _properties(settings: MqttSettings) -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = min(settings.session_expiry // SECOND, 0xFFFF_FFFF)
    properties.ReceiveMaximum = settings.max_unacknowledged
    properties.MaximumPacketSize = settings.max_packet
    return properties


def tls_context(tls: TlsSettings) -> ssl.SSLContext:
    """Verifies the server always, by ``ca_file`` or the system's authorities; ConfigError names a file of no use."""
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
    except OSError as error:
        raise _unusable("broker.tls.ca_file", tls.ca_file, error) from None
    if tls.cert_file is not None:
        try:
            context.load_cert_chain(tls.cert_file, tls.key_file)
        except OSError as error:
            raise _unusable("broker.tls.cert_file", tls.cert_file, error) from None
    return context


def _unusable(field: str, path: object, error: OSError) -> ConfigError:
    return ConfigError([Fault("settings", field, f"{str(path)!r} cannot be used: {error}", "name a readable PEM file")])


def unreachable(settings: MqttSettings, error: Exception) -> str:
    """Why no connection came about, in words."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"broker {where} shows a certificate that is not trusted: {error.verify_message}; check ca_file and host"
    if isinstance(error, ssl.SSLError):
        return f"broker {where} speaks no TLS we accept: {error.reason}; check port, certificate and key"
    return f"broker {where} cannot be reached: {error}; check host and port, and that it runs"


def refused(settings: MqttSettings, reason: ReasonCode) -> str:
    """Why the broker refused the connection, in words; never the password."""
    who = f"client {settings.client_id!r}" + (f" as user {settings.username!r}" if settings.username else "")
    remedy = REFUSED.get(str(reason), "")
    return f"broker {settings.host}:{settings.port} refuses {who}: {reason}" + (f"; {remedy}" if remedy else "")
