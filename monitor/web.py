"""The web server of a running service: what it serves follows from the settings."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from alerts.links import Links
from alerts.passes import PATH, Passes
from dashboards.board.answer import answer_routes
from dashboards.board.board import board_routes
from dashboards.board.server import serving, site
from dashboards.board.sheet import Answering, Texting
from dashboards.board.texts import text_routes
from dashboards.board.view import Watching
from monitor.sections import WebSettings, read_secret
from monitor.settings import Settings
from vitals.errors import ConfigError, Fault

log = structlog.get_logger(__name__)

_BYTES = 32


def the_links(settings: Settings) -> Links | None:
    """What makes and reads the links in notices; None where phones could not reach us."""
    web = settings.web
    if web.port is None or web.public_url is None:
        return None
    texts = web.twilio() is not None
    return Links(web.public_url.rstrip("/"), _secret(web, settings.data_dir), web.link_valid, texts=texts)


def the_passes(settings: Settings) -> Passes:
    """What opens the board, and keeps it open."""
    web = settings.web
    return Passes(_secret(web, settings.data_dir), web.link_valid, web.session_valid)


def board_link(settings: Settings, caregiver: str, now: int, port: int | None = None) -> str:
    """A person's own link to the board; ``port`` is where it is served, if that is known better than the settings do.

    ConfigError where no browser could reach it.
    """
    web, served = settings.web, port or settings.web.port
    base = web.public_url
    if base is None and served:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)  # noqa: S104  (not bound to: looked up)
        base = f"http://[{host}]:{served}" if ":" in host else f"http://{host}:{served}"
    if base is None:
        remedy = "write under [web] for example port = 8480, and start the service"
        raise ConfigError([Fault("web.port", str(web.port or "not set"), "is no address of the board", remedy)])
    return f"{base.rstrip('/')}/{PATH}/{the_passes(settings).link(caregiver, now)}"


def _secret(web: WebSettings, folder: Path) -> bytes:
    """The key that signs links: the operator's, or one of our own that lives beside the data."""
    if web.secret_file is not None:
        given = read_secret(web.secret_file, "web.secret_file").encode()
        if len(given) < _BYTES // 2:
            problem, remedy = f"holds {len(given)} bytes", f"write at least {_BYTES // 2}: openssl rand -base64 32"
            raise ConfigError([Fault("web.secret_file", str(web.secret_file), problem, remedy)])
        return given
    path = folder / "web.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".web.key.{os.getpid()}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        try:
            os.link(part, path)  # of two that start at once one wins, and both read what it wrote
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_bytes()


@contextmanager
def web(
    settings: WebSettings, answering: Answering, texting: Texting, watching: Callable[[], Watching]
) -> Iterator[int | None]:
    """Serve where a port is set; yields it."""
    if settings.port is None:
        yield None
        return
    routes = [*answer_routes(answering), *board_routes(watching())]
    token = settings.twilio()
    if token and settings.public_url:
        routes += text_routes(texting, settings.public_url.rstrip("/"), token)
    elif token:
        log.warning("texts_not_taken", why="web.public_url is not set: Twilio signs with it")
    with serving(site(routes), settings.host, settings.port) as port:
        log.info("web", host=settings.host, port=port)
        yield port
