"""What a decoder is, and what it is told about a message beside its payload."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from ingest.directory import Directory, Refused
from ingest.sink import Origin, Sink
from vitals.intake import Message, RejectReason
from vitals.series import SeriesTable

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


@dataclass(slots=True)
class Place:
    """What a topic says: its named levels, and whose device it is where the topic says that.

    Decoders whose device stands in the payload ask ``owner``; places and origins are kept from message to message.
    """

    fields: dict[str, str]
    directory: Directory
    table: SeriesTable
    topic_origin: Origin | None = None
    _owners: dict[str, Origin] = field(default_factory=dict)

    @property
    def origin(self) -> Origin:
        """The patient and device that the topic names; Refused where it names none."""
        if self.topic_origin is None:
            raise Refused(RejectReason.UNKNOWN_DEVICE, "the topic names no patient and device: route it with {device}")
        return self.topic_origin

    def owner(self, name: str) -> Origin:
        """The device of that address or id, whoever's it is; Refused where nobody's."""
        origin = self._owners.get(name)
        if origin is None:
            origin = Origin(self.table, *self.directory.owner(name))
            self._owners[name] = origin
        return origin


class Decoder(Protocol):
    """Reads one payload format. Adding one: a file here, its instance in ``DECODERS``, a route, a golden folder.

    ``decode`` puts what it finds into the sink. It raises Refused, or lets msgspec's errors pass, to refuse the whole
    message; a message in which it finds nothing it must refuse, so that each message is accounted for.
    """

    name: str

    def decode(self, message: Message, place: Place, sink: Sink) -> None: ...


def ms(when: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return (when - _EPOCH) // _MS


def same(field: str, said: str | None, expected: str) -> None:
    """Refused (MISMATCH) where the payload names somebody else than the topic does."""
    if said is not None and said != expected:
        raise Refused(
            RejectReason.MISMATCH,
            f"$.{field} {ascii(said)[:80]} is not the topic's {expected!r}: one of them is wrong",
        )
