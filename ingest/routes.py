"""Which decoder reads which topic: explicit patterns, first match wins."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from ingest.settings import check_filter
from vitals.errors import ConfigError, Fault

_NAMED = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """A topic pattern and the name of its decoder. ``{patient}``, ``{device}`` and the like name a level, ``+`` is any
    level, ``#`` at the end any rest.

    >>> Route.of("home/{gateway}/BTtoMQTT/{device}", "theengs").match("home/g1/BTtoMQTT/A4C1380B5EED")
    {'gateway': 'g1', 'device': 'A4C1380B5EED'}
    """

    pattern: str
    decoder: str
    _regex: re.Pattern[str]

    @classmethod
    def of(cls, pattern: str, decoder: str) -> Self:
        """A route; ValueError where the pattern is no topic filter."""
        check_filter(_NAMED.sub("+", pattern))
        levels = [_level(level) for level in pattern.split("/")]
        rest = "" if levels[-1] != "#" else r"(?:/.*)?" if len(levels) > 1 else r".*"
        return cls(pattern, decoder, re.compile("/".join(levels[: -1 if rest else None]) + rest, re.DOTALL))

    @property
    def filter(self) -> str:
        """The MQTT topic filter to subscribe to.

        >>> Route.of("senml/{device}", "senml").filter
        'senml/+'
        """
        return _NAMED.sub("+", self.pattern)

    def match(self, topic: str) -> dict[str, str] | None:
        """What the topic's levels are called, or None where the pattern does not fit."""
        found = self._regex.fullmatch(topic)
        return found.groupdict() if found else None


def _level(level: str) -> str:
    if named := _NAMED.fullmatch(level):
        return f"(?P<{named[1]}>[^/]+)"
    return {"+": "[^/]*", "#": "#"}.get(level) or re.escape(level)


DEFAULT_ROUTES: Final = (
    Route.of("homevigil/v1/{agency}/{patient}/{device}/vitals", "vitals"),
    Route.of("homevigil/v1/{agency}/{patient}/{device}/status", "status"),
    Route.of("homevigil/v1/{agency}/{patient}/{device}/event", "event"),
    Route.of("homevigil/v1/{agency}/{patient}/{device}/senml", "senml"),
    Route.of("homevigil/v1/{agency}/{patient}/{device}/omh", "open_mhealth"),
    Route.of("home/{gateway}/BTtoMQTT/{device}", "theengs"),
    Route.of("home/{gateway}/LWT", "gateway_lwt"),
    Route.of("CM4_BLE_GW_TX", "jumper"),
    Route.of("senml/{name}", "senml"),
)
"""What is understood without any setting (docs/ingest.md)."""


def routes_of(settings: Mapping[str, str], known: Collection[str]) -> tuple[Route, ...]:
    """The routes of the settings, before the default ones; ConfigError names each bad pattern and missing decoder.

    >>> routes_of({"ward/{patient}/{device}": "vitals"}, {"vitals"})[0].filter
    'ward/+/+'
    >>> routes_of({"ward/#": "fhir"}, {"vitals"})
    Traceback (most recent call last):
    ...
    vitals.errors.ConfigError: settings: ingest.routes['ward/#']: there is no decoder 'fhir' (one of vitals)
    """
    routes, faults = [], []
    for pattern, decoder in settings.items():
        field = f"ingest.routes[{pattern!r}]"
        if decoder not in known:
            remedy = f"one of {', '.join(sorted(known))}"
            faults.append(Fault("settings", field, f"there is no decoder {decoder!r}", remedy))
        try:
            routes.append(Route.of(pattern, decoder))
        except (ValueError, re.error) as error:
            faults.append(Fault("settings", field, str(error), "write for example home/{gateway}/BTtoMQTT/{device}"))
    if faults:
        raise ConfigError(faults)
    return (*routes, *DEFAULT_ROUTES)


def filters(routes: Sequence[Route]) -> tuple[str, ...]:
    """The topic filters to subscribe to for those routes, the native ones as one."""
    native = "homevigil/v1/+/+/+/"
    own = ("homevigil/v1/+/+/+/+",) if any(route.filter.startswith(native) for route in routes) else ()
    return (*own, *dict.fromkeys(r.filter for r in routes if not r.filter.startswith(native)))
