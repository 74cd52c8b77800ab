"""Telephone numbers of caregivers, as their channels' Apprise URLs hold them: so that we know who texts back."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from vitals.people import Caregiver

_TEXTS: Final = frozenset({"twilio", "sns", "clicksend", "vonage", "nexmo", "messagebird", "plivo", "sinch", "d7sms"})
"""Apprise services that send text messages, with the numbers they send to in the path."""
_SHORTEST: Final = 9
"""Digits that tell two people apart where one number is written without its country."""


def numbers(person: Caregiver) -> frozenset[str]:
    """The digits of every number that a person's text channels send to.

    >>> url = "twilio://AC0:token@+15551230000/+1%20(555)%20999-0000"
    >>> ana = Caregiver(id="ana", name="A.", role="cna", timezone="UTC", channels=[{"name": "sms", "url": url}])
    >>> sorted(numbers(ana))
    ['15559990000']
    """
    found: set[str] = set()
    for channel in person.channels:
        scheme, _, rest = channel.url.get_secret_value().partition("://")
        if scheme.lower() in _TEXTS:
            _, *targets = rest.partition("?")[0].split("/")
            found.update(filter(None, map(digits, targets)))
    return frozenset(found)


def digits(number: str) -> str:
    """The digits of a number, international prefix 00 or + left out; empty when it is too short for one.

    >>> digits("+44 7700 900123"), digits("00447700900123"), digits("12")
    ('447700900123', '447700900123', '')
    """
    bare = re.sub(r"\D", "", unquote(number)).removeprefix("00")
    return bare if len(bare) >= _SHORTEST else ""


def whose(number: str, people: Iterable[Caregiver]) -> Caregiver | None:
    """The one person whom that number reaches; None when nobody's or several people's."""
    wanted = digits(number)
    if not wanted:
        return None
    found = [p for p in people if any(_same(wanted, known) for known in numbers(p))]
    return found[0] if len(found) == 1 else None


def _same(one: str, other: str) -> bool:
    """Equal, or equal but for the country's code that one of them lacks."""
    return one == other or one.endswith(other.lstrip("0")) or other.endswith(one.lstrip("0"))
