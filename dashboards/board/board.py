"""The live board: a personal link opens it, the page shows it, forms answer it.

``GET /b/{token}`` opens a session; ``GET /board`` shows everything; ``GET /board/live`` is the part that changes, with
an entity tag, so that a page which asks every few seconds is mostly told "304, nothing new"; ``POST /board/answer`` and
``POST /board/clock`` do something. All addresses on the page are relative: a proxy may put the board under any path.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.board.pages import HEADERS, refused, rendered, tag
from dashboards.board.sheet import Refused
from dashboards.board.view import Said, View, Watching

COOKIE: Final = "homevigil_board"
_FIELDS: Final = 8
_NOTE: Final = 300
_LIVE: Final = HEADERS | {
    "Content-Security-Policy": f"{HEADERS['Content-Security-Policy']}; script-src 'self'; connect-src 'self'"
}
_OURS: Final = ("same-origin", "none", "")
"""What a browser says of where a form comes from (Sec-Fetch-Site); old ones say nothing, the form's key speaks then."""


def board_routes(watching: Watching) -> list[Route]:
    """Everything under ``/b`` and ``/board``."""
    handlers = _Handlers(watching)
    return [
        Route("/b/{token}", handlers.enter, methods=["GET"]),
        Route("/board", handlers.show, methods=["GET"]),
        Route("/board/live", handlers.live, methods=["GET"]),
        Route("/board/live.js", handlers.script, methods=["GET"]),
        Route("/board/answer", handlers.answer, methods=["POST"]),
        Route("/board/clock", handlers.clock, methods=["POST"]),
        Route("/board/leave", handlers.leave, methods=["POST"]),
    ]


class _Handlers:
    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    async def enter(self, request: Request) -> Response:
        """A preview that opens the link opens a session of its own, and changes nothing for anybody."""
        try:
            entry = await run_in_threadpool(self._watching.enter, request.path_params["token"])
        except Refused as refusal:
            return refused(refusal)
        answer = RedirectResponse("../board", 303, HEADERS)
        answer.set_cookie(
            COOKIE, entry.session, max_age=entry.seconds, httponly=True, samesite="lax", secure=entry.secure
        )
        return answer

    async def show(self, request: Request) -> Response:
        try:
            view = await run_in_threadpool(self._given, request)
        except Refused as refusal:
            return refused(refusal)
        part = rendered("board_live.html", view=view)
        return HTMLResponse(rendered("board.html", view=view, sheet=view, tag=tag(part)), 200, _LIVE)

    async def live(self, request: Request) -> Response:
        try:
            view = await run_in_threadpool(self._watching.see, _session(request))
            part = rendered("board_live.html", view=view)
            now = HEADERS | {"ETag": tag(part), "X-As-Of": view.as_of}
            if request.headers.get("If-None-Match") == now["ETag"]:
                return Response(status_code=304, headers=now)
            await run_in_threadpool(self._watching.looked, _session(request), view)
        except Refused as refusal:
            return refused(refusal)
        return HTMLResponse(part, 200, now)

    async def script(self, request: Request) -> Response:  # noqa: ARG002  (the signature of a route)
        return Response(rendered("live.js"), 200, HEADERS | {"Cache-Control": "no-cache"}, "text/javascript")

    async def answer(self, request: Request) -> Response:
        async def take(form: FormData) -> str:
            said = _said(form)
            await run_in_threadpool(self._watching.take, _session(request), said)
            return f"#a-{said.alert}"

        return await _acted(request, take)

    async def clock(self, request: Request) -> Response:
        async def take(form: FormData) -> str:
            who, out = str(form.get("patient", "")).strip(), form.get("clock") == "out"
            await run_in_threadpool(
                lambda: self._watching.clock(_session(request), str(form.get("form", "")), who, out=out)
            )
            return "#homes"

        return await _acted(request, take)

    async def leave(self, request: Request) -> Response:  # noqa: ARG002  (the signature of a route)
        answer = RedirectResponse("../board", 303, HEADERS)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    def _given(self, request: Request) -> View:
        session = _session(request)
        view = self._watching.see(session)
        self._watching.looked(session, view)
        return view


async def _acted(request: Request, act: Callable[[FormData], Awaitable[str]]) -> Response:
    """Do what a form of our own asks, then show the board at that place: a reload asks nothing again."""
    if request.headers.get("Sec-Fetch-Site", "") not in _OURS:
        return refused(Refused(403, "This form comes from another site. Open the board, and answer there."))
    form = await request.form(max_files=0, max_fields=_FIELDS)
    try:
        place = await act(form)
    except Refused as refusal:
        return refused(refusal, back="../board")
    return RedirectResponse(f"../board{place}", 303, HEADERS)


def _said(form: FormData) -> Said:
    def field(name: str) -> str:
        return str(form.get(name, "")).strip()

    seen = field("seen")
    return Said(
        *(field("form"), field("alert"), field("answer"), field("note")[:_NOTE], field("outcome")),
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
    )


def _session(request: Request) -> str:
    return request.cookies.get(COOKIE, "")
