"""Text messages in: the web hook that a Twilio number calls when somebody replies.

Twilio posts a form and signs it over the public URL and the form's fields; what we answer as TwiML is texted back. See
Twilio's "Messaging webhooks" and "Validating requests are coming from Twilio".
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from xml.sax.saxutils import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboards.board.sheet import Texting

PATH = "/twilio/sms"


def text_routes(texting: Texting, public_url: str, auth_token: str) -> list[Route]:
    """``POST /twilio/sms``; ``public_url`` is the address that Twilio was given, without the path."""

    async def receive(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=200)
        pairs = [(name, str(value)) for name, value in form.multi_items()]
        query = f"?{request.url.query}" if request.url.query else ""
        expected = signature(f"{public_url}{PATH}{query}", pairs, auth_token)
        if not hmac.compare_digest(expected.encode(), request.headers.get("X-Twilio-Signature", "").encode()):
            return PlainTextResponse("the signature does not match: check web.public_url and the auth token\n", 403)
        fields = dict(pairs)
        if not fields.get("From"):
            return PlainTextResponse("From is missing: this takes Twilio's message form\n", 400)
        message = (fields["From"], fields.get("Body", ""), fields.get("MessageSid", ""))
        return Response(twiml(await run_in_threadpool(texting.text, *message)), media_type="application/xml")

    return [Route(PATH, receive, methods=["POST"])]


def signature(url: str, form: Iterable[tuple[str, str]], auth_token: str) -> str:
    """What Twilio puts into X-Twilio-Signature: HMAC-SHA1 of the URL and the sorted fields, in base64.

    The example is Twilio's own.

    >>> form = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234",
    ...         "From": "+14158675309", "To": "+18005551212"}
    >>> signature("https://mycompany.com/myapp.php?foo=1&bar=2", form.items(), "12345")
    'RSOYDt4T1cUTdK1PDd93/VVr8B8='
    """
    fields = "".join(name + value for name, value in sorted(set(form)))
    return b64encode(hmac.new(auth_token.encode(), (url + fields).encode(), sha1).digest()).decode()


def twiml(text: str) -> str:
    """TwiML that texts ``text`` back, or nothing.

    >>> twiml("You & 1 more")
    '<?xml version="1.0" encoding="UTF-8"?><Response><Message>You &amp; 1 more</Message></Response>'
    """
    message = f"<Message>{escape(text)}</Message>" if text else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
