"""The web server: pages and web hooks on one port, in a thread of its own, stopped with everything else."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from vitals.errors import UnavailableError


def site(routes: Sequence[BaseRoute]) -> Starlette:
    """The application: the given routes, and ``/healthz`` for whoever watches the service."""

    async def healthz(request: Request) -> Response:  # noqa: ARG001  (the signature of a route)
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    return Starlette(routes=[*routes, Route("/healthz", healthz)])


@contextmanager
def serving(app: Starlette, host: str, port: int) -> Iterator[int]:
    """Serve until left; yields the port, a free one where 0 was asked for. UnavailableError when it is taken."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, lifespan="off",
        timeout_graceful_shutdown=3,
    )  # fmt: skip
    listener = _listener(host, port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name="web", daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = error.strerror or str(error)
        raise UnavailableError(f"web {host}:{port} cannot be listened on ({why}): choose another web.port") from None
