"""The pages' templates and the headers that all pages go out with."""

from hashlib import sha256
from typing import Final

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse, Response

from dashboards.board.sheet import Refused

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Nothing is kept, framed, run or told to others: the address itself may be the key."""
_pages = Environment(loader=PackageLoader("dashboards.board"), autoescape=select_autoescape(), trim_blocks=True)


def rendered(name: str, **data: object) -> str:
    """A template with its data filled in; whatever it holds is text and nothing else."""
    return _pages.get_template(name).render(**data)


def page(name: str, status: int, **data: object) -> Response:
    """A whole page."""
    return HTMLResponse(rendered(name, **data), status, HEADERS)


def refused(refusal: Refused, *, back: str = "") -> Response:
    """What is not granted, in words; ``back`` is where to go from there."""
    return page("refused.html", refusal.status, words=str(refusal), back=back)


def tag(text: str) -> str:
    """The entity tag of a text (RFC 9110, 8.8.3).

    >>> tag("a")
    '"ca978112ca1bbdcafac231b39a23dc4d"'
    """
    return f'"{sha256(text.encode()).hexdigest()[:32]}"'
