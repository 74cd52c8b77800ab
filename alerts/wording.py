"""One alert in the words of each who is told of it, over each channel."""

from dataclasses import dataclass, field
from typing import Any

from alerts.drill import is_drill
from alerts.drill import words as drill_words
from alerts.links import Links
from alerts.message import Message, compose
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.people import Caregiver, Channel


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said of one alert to each: put into words once for all who read the same."""

    alert: Alert
    patient: Patient
    now: int
    why: str
    links: Links | None
    known: dict[tuple[Any, ...], Message] = field(default_factory=dict)

    def to(self, person: Caregiver, channel: Channel) -> Message:
        """The words for a person over a channel, in their language; a private one names nobody."""
        if is_drill(self.alert.key):
            return drill_words(person.language)
        link = self.links.make(self.alert.id, person.id, self.now) if self.links else ""
        private, code, replies = channel.private, person.language, self._hears(channel)
        kind = (person.role, private, code, link, replies)
        known = self.known.get(kind)
        if known is None:
            about = self.alert, self.patient, person.role, self.now
            known = compose(*about, why=self.why, private=private, link=link, code=code, replies=replies)
            self.known[kind] = known
        return known

    def _hears(self, channel: Channel) -> bool:
        """Whether what is texted back over this channel reaches us."""
        texts = self.links is not None and self.links.texts
        return texts and channel.url.get_secret_value().lower().startswith("twilio:")
