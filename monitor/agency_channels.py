"""Channels of an agency file that no notice could ever leave by: found when it is imported, not in the night."""

from collections.abc import Callable, Iterator

from monitor.agency_checks import Finding
from vitals.agency import Agency

Refusal = Callable[[str], str]
"""Why nothing can be sent to a URL, without repeating it; empty where it can."""


def check_channels(agency: Agency, refusal: Refusal | None) -> Iterator[Finding]:
    """Every channel that is refused, at its URL's place; the URL is a secret and not named.

    >>> from monitor.agency_file import default_agency
    >>> bad = default_agency([], channel_url="jsom://token@host")
    >>> next(check_channels(bad, lambda url: "" if url.startswith("json") else "no service")).problem
    'no service'
    """
    for place, person in enumerate(agency.caregivers if refusal else ()):
        for number, channel in enumerate(person.channels):
            if refusal and (why := refusal(channel.url.get_secret_value())):
                problem, _, remedy = why.partition(": ")
                yield Finding(("caregivers", place, "channels", number, "url"), problem, remedy)
