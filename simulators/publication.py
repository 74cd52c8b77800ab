"""What a simulator hands to whoever publishes it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Publication(NamedTuple):
    """One MQTT message that is due at ``time`` (ms UTC); ``readings`` is how many values it carries."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    time: int
    readings: int = 0


class Source(Protocol):
    """Something that has messages to publish as time passes: a fleet, or a file."""

    def until(self, now: int) -> Sequence[Publication]:
        """Everything that is due up to and including ``now`` and was not handed out yet, in order of time."""
        ...

    @property
    def exhausted(self) -> bool:
        """True when nothing will ever come again."""
        ...


def topic_of(agency: str, patient: str, device: str, kind: str) -> str:
    """The native topic.

    >>> topic_of("a1", "p-00001", "hub-1", "vitals")
    'homevigil/v1/a1/p-00001/hub-1/vitals'
    """
    return f"homevigil/v1/{agency}/{patient}/{device}/{kind}"
