"""IntakeDecoder as a whole: messages do not touch each other, and each one leaves a trace."""

import json
from typing import Any

import pytest

from ingest.decode import IntakeDecoder
from ingest.decoders.base import Place
from ingest.directory import Directory
from ingest.routes import DEFAULT_ROUTES, Route
from ingest.sink import Sink
from tests.ingest.kit import AGENCY
from vitals.batch import Quality
from vitals.errors import ConfigError
from vitals.intake import Message, RejectReason
from vitals.series import SeriesKey, SeriesTable
from vitals.times import HOUR, MINUTE, iso

NOW = 1_795_321_268_000
TOPIC = "homevigil/v1/care/p1/w1/vitals"


def decoder(table: SeriesTable | None = None, **settings: Any) -> IntakeDecoder:
    series = SeriesTable() if table is None else table
    return IntakeDecoder(DEFAULT_ROUTES, Directory.of(AGENCY), series, **settings)


def report(time: int | None = NOW, topic: str = TOPIC, received: int = NOW, **vitals: Any) -> Message:
    body = {"vitals": vitals} | ({} if time is None else {"time": iso(time)})
    return Message(topic, json.dumps(body).encode(), received)


def test_poison_between_good_messages_costs_only_itself() -> None:
    good = [report(NOW + i, heart_rate=70 + i) for i in range(4)]
    poison = [Message(TOPIC, p, NOW) for p in (b"", b"[" * 60_000, b"\xff", b'{"vitals":' + b'{"a":' * 10_000)]
    mixed = [m for pair in zip(good, poison, strict=True) for m in pair]
    intake = decoder().decode(mixed)
    assert intake.batch.value.tolist() == [70, 71, 72, 73]
    assert [r.payload for r in intake.rejects] == [m.payload for m in poison]
    assert {r.reason for r in intake.rejects} == {RejectReason.MALFORMED}


def test_a_refused_backlog_leaves_nothing_behind() -> None:
    backlog = b'[{"vitals":{"heart_rate":70}},{"vitals":{"heart_rate":71},"patient":"p2"}]'
    intake = decoder().decode([report(heart_rate=60), Message(TOPIC, backlog, NOW), report(NOW + 1, heart_rate=61)])
    assert intake.batch.value.tolist() == [60, 61]
    assert [r.reason for r in intake.rejects] == [RejectReason.MISMATCH]


def test_a_decoder_that_breaks_is_said_and_stops_nobody() -> None:
    class Broken:
        name = "broken"

        def decode(self, message: Message, place: Place, sink: Sink) -> None:
            raise ZeroDivisionError

    broken = IntakeDecoder([Route.of("x", "broken")], Directory(), SeriesTable(), decoders={"broken": Broken()})
    intake = broken.decode([Message("x", b"1", NOW), Message("x", b"2", NOW)])
    assert [r.payload for r in intake.rejects] == [b"1", b"2"]


def test_a_route_without_a_decoder_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="no decoder 'fhir'"):
        IntakeDecoder([Route.of("x/#", "fhir")], Directory(), SeriesTable())


def test_an_oversize_payload_is_refused_with_its_beginning() -> None:
    intake = decoder(max_payload=2_000).decode([Message(TOPIC, b"x" * 2_001, NOW), report(spo2=97)])
    assert [(r.reason, len(r.payload)) for r in intake.rejects] == [(RejectReason.OVERSIZE, 1_024)]
    assert len(intake.batch) == 1


def test_series_are_those_of_patient_device_and_signal() -> None:
    table = SeriesTable()
    intake = decoder(table).decode([report(spo2=97, heart_rate=70), report(topic=TOPIC.replace("p1", "p2"), spo2=95)])
    assert [table.keys[code] for code in intake.batch.series] == [
        SeriesKey("p1", "w1", 1),
        SeriesKey("p1", "w1", 0),
        SeriesKey("p2", "w1", 1),
    ]


def test_a_new_directory_counts_from_the_next_call() -> None:
    d = decoder()
    stranger = report(topic=TOPIC.replace("p1", "p9"), spo2=97)
    assert d.decode([stranger]).rejects[0].reason is RejectReason.UNKNOWN_PATIENT
    d.use(Directory.of(AGENCY, "admit"))
    assert len(d.decode([stranger]).batch) == 1
    d.use(Directory.of(AGENCY))
    assert d.decode([stranger]).rejects[0].reason is RejectReason.UNKNOWN_PATIENT


def test_admitting_strangers_still_asks_for_an_identifier() -> None:
    d = IntakeDecoder(DEFAULT_ROUTES, Directory(unknown_patients="admit"), SeriesTable())
    intake = d.decode([report(topic="homevigil/v1/care/a b/w1/vitals", spo2=97), report(spo2=97)])
    assert [r.reason for r in intake.rejects] == [RejectReason.UNKNOWN_PATIENT]
    assert len(intake.batch) == 1


def test_addresses_are_found_whatever_their_spelling() -> None:
    bodies = [Message(f"home/g1/BTtoMQTT/{a}", b'{"weight":61.5}', NOW) for a in ("A4C1380B5EED", "a4:c1:38:0b:5e:ed")]
    table = SeriesTable()
    intake = decoder(table).decode(bodies)
    assert {table.keys[code][:2] for code in intake.batch.series} == {("p1", "scale1")}


def test_a_clock_that_is_steadily_ahead_is_corrected_from_the_second_message_on() -> None:
    d = decoder()
    lots = [d.decode([report(NOW + HOUR + s, received=NOW + s, heart_rate=70)]) for s in (0, 5_000, 10_000)]
    assert [len(lot.batch) for lot in lots] == [0, 1, 1]
    assert [r.reason for r in lots[0].rejects] == [RejectReason.BAD_TIME]
    assert lots[2].batch.time.tolist() == [NOW + 10_000]
    assert lots[2].batch.quality.tolist() == [Quality.TIME_CORRECTED]


def test_a_redelivered_message_is_corrected_to_the_same_time() -> None:
    d = decoder()
    d.decode([report(NOW + HOUR, received=NOW, heart_rate=70)])
    first = d.decode([report(NOW + HOUR + 1_000, received=NOW + 1_000, heart_rate=70)])
    again = d.decode([report(NOW + HOUR + 1_000, received=NOW + 31_000, heart_rate=70)])
    assert first.batch.time.tolist() == again.batch.time.tolist()


def test_a_clock_that_jumps_is_not_believed() -> None:
    d = decoder()
    lots = [d.decode([report(NOW + h * HOUR, heart_rate=70)]) for h in (1, 5, 9, 1)]
    assert [len(lot.batch) for lot in lots] == [0, 0, 0, 0]


def test_a_backlog_from_a_fast_clock_is_moved_as_a_whole() -> None:
    d = decoder()
    d.decode([report(NOW + HOUR, heart_rate=70)])
    times = [NOW + HOUR - 30 * MINUTE, NOW + HOUR - 5 * MINUTE, NOW + HOUR]
    body = [{"time": iso(t), "vitals": {"heart_rate": 70 + i}} for i, t in enumerate(times)]
    batch = d.decode([Message(TOPIC, json.dumps(body).encode(), NOW)]).batch
    assert batch.time.tolist() == [t - HOUR for t in times]
    corrected = Quality.TIME_CORRECTED
    assert batch.quality.tolist() == [corrected | Quality.LATE, corrected, corrected]


def test_another_device_in_the_same_call_keeps_its_time() -> None:
    d = decoder()
    d.decode([report(NOW + HOUR, heart_rate=70)])
    other = TOPIC.replace("w1", "w2")
    batch = d.decode([report(NOW + HOUR, heart_rate=70), report(NOW, topic=other, heart_rate=70)]).batch
    assert batch.time.tolist() == [NOW, NOW]
    assert batch.quality.tolist() == [Quality.TIME_CORRECTED, 0]


def test_of_redelivered_readings_in_one_call_the_first_stands() -> None:
    batch = decoder().decode([report(NOW, heart_rate=70), report(NOW, heart_rate=70), report(NOW, heart_rate=71)]).batch
    assert batch.value.tolist() == [70]


def test_nothing_gives_nothing() -> None:
    intake = decoder().decode([])
    assert (len(intake.batch), intake.statuses, intake.events, intake.rejects) == (0, (), (), ())


def test_a_reject_never_holds_control_characters_or_half_characters() -> None:
    nasty = json.dumps({"vitals": {"spo2": {"value": 1, "unit": "\x00\ud800"}, "\x00": 1}}).encode()
    for reject in decoder().decode([Message(TOPIC, nasty, NOW)]).rejects:
        assert reject.detail.isprintable()
        reject.detail.encode()
