"""The page behind the link in a notice: GET shows the alert and changes nothing, POST answers it.

Phones and mail scanners open links by themselves to show a preview; so nothing that a GET does may count as an answer.
"""

from typing import Final

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.board.sheet import Answering, Refused

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Nothing is kept, framed, run or told to others: the address itself is the key."""
_NOTE: Final = 300
_pages = Environment(loader=PackageLoader("dashboards.board"), autoescape=select_autoescape(), trim_blocks=True)


def answer_routes(answering: Answering) -> list[Route]:
    """``GET`` and ``POST /a/{token}``."""

    async def show(request: Request) -> Response:
        try:
            sheet = await run_in_threadpool(answering.look, request.path_params["token"])
        except Refused as refusal:
            return _refused(refusal)
        return _page("answer.html", 200, sheet=sheet)

    async def take(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        answer, note = str(form.get("answer", "")), str(form.get("note", "")).strip()[:_NOTE]
        try:
            await run_in_threadpool(answering.take, request.path_params["token"], answer, note)
        except Refused as refusal:
            return _refused(refusal)
        return RedirectResponse(request.url.path, 303, _HEADERS)  # a reload then asks nothing again

    return [Route("/a/{token}", show, methods=["GET"]), Route("/a/{token}", take, methods=["POST"])]


def _refused(refusal: Refused) -> Response:
    return _page("refused.html", refusal.status, words=str(refusal))


def _page(name: str, status: int, **data: object) -> Response:
    return HTMLResponse(_pages.get_template(name).render(**data), status, _HEADERS)
