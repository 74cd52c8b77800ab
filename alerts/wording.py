"""One alert in the words of each who is told of it, over each channel."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from alerts.drill import is_drill
from alerts.drill import words as drill_words
from alerts.links import Links
from alerts.message import Message, compose
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.people import Caregiver, Channel

COMPARING: Final = frozenset({"worsened", "again", "new_reason"})
"""Why an alert is told, in words that mean something only to those who know how it was before."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said of one alert to each: put into words once for all who read the same.

    ``aware`` are those who know of it already. Anybody else, such as who was to hear of a mild one at the handover,
    reads the words of a first notice, even if it has become worse since.
    """

    alert: Alert
    patient: Patient
    now: int
    why: str
    links: Links | None
    aware: Collection[str] = ()
    known: dict[tuple[Any, ...], Message] = field(default_factory=dict)

    def to(self, person: Caregiver, channel: Channel) -> Message:
        """The words for a person over a channel, in their language; a private one names nobody."""
        if is_drill(self.alert.key):
            return drill_words(person.language)
        link = self.links.make(self.alert.id, person.id, self.now) if self.links else ""
        private, code, replies = channel.private, person.language, self._hears(channel)
        why = self.why if person.id in self.aware or self.why not in COMPARING else ""
        kind = (person.role, private, code, link, replies, why)
        known = self.known.get(kind)
        if known is None:
            about = self.alert, self.patient, person.role, self.now
            known = compose(*about, why=why, private=private, link=link, code=code, replies=replies)
            self.known[kind] = known
        return known

    def _hears(self, channel: Channel) -> bool:
        """Whether what is texted back over this channel reaches us."""
        texts = self.links is not None and self.links.texts
        return texts and channel.url.get_secret_value().lower().startswith("twilio:")
