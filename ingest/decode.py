"""From messages to an Intake: each message routed, decoded, judged and accounted for."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import structlog
from numpy.typing import NDArray

from ingest.decoders import make_decoders
from ingest.decoders.base import Decoder, Place
from ingest.directory import Directory, Refused
from ingest.plausible import Doubt
from ingest.routes import Route
from ingest.sink import NO_TIME, Origin, Sink
from ingest.skew import DeviceClocks
from ingest.validate import TimePolicy, judge
from vitals.batch import Batch, Quality
from vitals.errors import ConfigError, Fault
from vitals.intake import Intake, Message, RejectReason
from vitals.series import SeriesTable

MALFORMED = (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError)
"""What payloads of wrong shape, wrong encoding, absurd depth or absurd size raise."""
KEPT_OF_OVERSIZE = 1_024
TOPICS_KEPT = 200_000

log = structlog.get_logger(__name__)

Reader = tuple[Callable[[Message, Place, Sink], None], Place] | Refused


class IntakeDecoder:
    """Turns messages into readings, statuses, events and rejects; every message becomes at least one of them (of
    readings with the same identity within one call the first stands for all).

    ``max_payload`` is in bytes. Use it from one thread; ``use`` may be called from another.

    >>> from ingest.routes import DEFAULT_ROUTES
    >>> decoder = IntakeDecoder(DEFAULT_ROUTES, Directory(unknown_patients="admit"), SeriesTable())
    >>> payload = b'{"time":"2026-11-22T04:21:07Z","vitals":{"spo2":97,"heart_rate":999}}'
    >>> intake = decoder.decode([Message("homevigil/v1/care/p1/d1/vitals", payload, 1795321267250)])
    >>> intake.batch.value.tolist(), intake.rejects[0].reason.value
    ([97.0], 'implausible')
    """

    def __init__(
        self,
        routes: Sequence[Route],
        directory: Directory,
        series: SeriesTable,
        policy: TimePolicy | None = None,
        max_payload: int = 65_536,
        *,
        decoders: dict[str, Decoder] | None = None,
    ) -> None:
        self._policy = policy or TimePolicy()
        known = decoders if decoders is not None else make_decoders(self._policy)
        missing = [r for r in routes if r.decoder not in known]
        if missing:
            remedy = f"one of {', '.join(known)}"
            raise ConfigError(
                [
                    Fault("settings", f"ingest.routes[{r.pattern!r}]", f"no decoder {r.decoder!r}", remedy)
                    for r in missing
                ]
            )
        self._routes, self._known, self._max_payload = tuple(routes), known, max_payload
        self._series, self._clocks = series, DeviceClocks()
        self.use(directory)

    def use(self, directory: Directory) -> None:
        """From the next ``decode`` on, go by this directory."""
        self._state: tuple[Directory, dict[str, Reader], dict[str, Origin]] = (directory, {}, {})

    def decode(self, messages: Sequence[Message]) -> Intake:
        """Everything that these messages hold."""
        sink, state, limit = Sink(), self._state, self._max_payload
        readers = state[1]
        for index, message in enumerate(messages):
            reader = readers.get(message.topic) or self._reader(message.topic, state)
            sink.index, sink.message, sink.origin = index, message, None
            try:
                if len(message.payload) > limit:
                    self._oversize(sink)
                elif isinstance(reader, Refused):
                    sink.reject(reader.reason, reader.detail)
                else:
                    sink.origin = reader[1].topic_origin
                    reader[0](message, reader[1], sink)
            except Refused as refused:
                sink.refuse_message(refused.reason, refused.detail)
            except MALFORMED as error:
                sink.refuse_message(RejectReason.MALFORMED, _words(error))
            except Exception:
                # A fault of ours: it must neither stop the other messages nor come back for ever.
                log.exception("decoder_failed", topic=message.topic)
                sink.refuse_message(RejectReason.MALFORMED, "the decoder failed: report this payload")
        return self._judged(sink, messages)

    def _oversize(self, sink: Sink) -> None:
        size, head = len(sink.message.payload), sink.message.payload[:KEPT_OF_OVERSIZE]
        detail = (
            f"payload of {size} bytes is longer than {self._max_payload}: send smaller ones (the beginning is kept)"
        )
        sink.reject(RejectReason.OVERSIZE, detail, payload=head)

    def _reader(self, topic: str, state: tuple[Directory, dict[str, Reader], dict[str, Origin]]) -> Reader:
        """What to do with that topic's messages, found out once."""
        directory, readers, owners = state
        if len(readers) >= TOPICS_KEPT:
            readers.clear()
        reader: Reader
        try:
            reader = self._found(topic, directory, owners)
        except Refused as refused:
            reader = refused
        readers[topic] = reader
        return reader

    def _found(self, topic: str, directory: Directory, owners: dict[str, Origin]) -> Reader:
        for route in self._routes:
            fields = route.match(topic)
            if fields is not None:
                place = Place(fields, directory, self._series, None, owners)
                if patient := fields.get("patient"):
                    device = fields.get("device", "")
                    directory.check_patient(fields.get("agency", ""), patient)
                    directory.check_device(device)
                    place.topic_origin = Origin(self._series, patient, device)
                return self._known[route.decoder].decode, place
        raise Refused(RejectReason.UNKNOWN_TOPIC, "no route fits this topic: correct it, or add one to ingest.routes")

    def _judged(self, sink: Sink, messages: Sequence[Message]) -> Intake:
        if not sink.series:
            return Intake(Batch.empty(), tuple(sink.statuses), tuple(sink.events), tuple(sink.rejects))
        message = np.repeat(np.array(sink.messages, np.intp), sink.counts)
        batch, doubts = judge(
            self._rows(sink, messages, message), message, table=self._series, policy=self._policy, clocks=self._clocks
        )
        for doubt in doubts:
            self._doubted(sink, doubt, messages[message[doubt.row]], sink.series[doubt.row])
        return Intake(batch, tuple(sink.statuses), tuple(sink.events), tuple(sink.rejects))

    def _rows(self, sink: Sink, messages: Sequence[Message], message: NDArray[np.intp]) -> Batch:
        """The sink's readings as columns; where no time was sent, that of arrival."""
        received = np.array([m.received for m in messages], np.int64)[message]
        time, quality = np.repeat(np.array(sink.times, np.int64), sink.counts), None
        if NO_TIME in sink.times:
            untimed = time == NO_TIME
            time = np.where(untimed, received, time)
            quality = np.where(untimed, np.uint8(Quality.TIME_RECEIVED), np.uint8(0))
        if any(m.retained for m in messages):
            retained = np.array([m.retained for m in messages], np.bool_)[message]
            quality = np.where(retained, np.uint8(Quality.RETAINED), np.uint8(0)) | (0 if quality is None else quality)
        return Batch.of(sink.series, time, sink.value, received, quality)

    def _doubted(self, sink: Sink, doubt: Doubt, message: Message, code: int) -> None:
        patient, device, _ = self._series.keys[code]
        sink.message, sink.origin = message, Origin(self._series, patient, device)
        sink.reject(doubt.reason, doubt.detail)


def _words(error: Exception) -> str:
    """What is wrong with a payload: msgspec names the JSON path and the types."""
    if isinstance(error, RecursionError):
        return "the payload is nested too deeply: send the documented format"
    if isinstance(error, UnicodeError):
        return "the payload is not UTF-8: send JSON in UTF-8"
    return str(error).encode("ascii", "backslashreplace").decode()[:300]
