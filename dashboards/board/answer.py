"""The page behind the link in a notice: GET shows the alert and changes nothing, POST answers it.

Phones and mail scanners open links by themselves to show a preview; so nothing that a GET does may count as an answer.
"""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.board.pages import HEADERS, page, refused
from dashboards.board.sheet import Answering, Refused

_NOTE: Final = 300


def answer_routes(answering: Answering) -> list[Route]:
    """``GET`` and ``POST /a/{token}``."""

    async def show(request: Request) -> Response:
        try:
            sheet = await run_in_threadpool(answering.look, request.path_params["token"])
        except Refused as refusal:
            return refused(refusal)
        return page("answer.html", 200, sheet=sheet)

    async def take(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        answer, note = str(form.get("answer", "")), str(form.get("note", "")).strip()[:_NOTE]
        try:
            await run_in_threadpool(answering.take, request.path_params["token"], answer, note)
        except Refused as refusal:
            return refused(refusal)
        return RedirectResponse(request.url.path, 303, HEADERS)  # a reload then asks nothing again

    return [Route("/a/{token}", show, methods=["GET"]), Route("/a/{token}", take, methods=["POST"])]
