"""Payloads nobody would send: every one is accepted or refused with a reason, and none is lost or harms another."""

import json
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.decode import IntakeDecoder
from ingest.directory import Directory
from ingest.routes import DEFAULT_ROUTES
from tests.ingest.kit import AGENCY
from tests.ingest.test_ingest_golden import CASES, FOLDER, message_of
from vitals.batch import Quality
from vitals.intake import Intake, Message, RejectReason
from vitals.series import SeriesTable
from vitals.signals import SIGNALS

NOW = 1_795_321_268_000
EXAMPLES, EACH = 120, 100
"""12,000 payloads in all."""

SEEDS = [message_of(json.loads((FOLDER / case / "message.json").read_text())) for case in CASES]
TIMES = ("2026-11-22T04:21:07Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", 1795321267, 268435455, 1e11)
NASTY: list[Any] = [
    *(None, True, False, 0, -0.0, 1e308, -1e308, 10**30, -(10**30), 2**63, 1e-320, "", "\x00", "\ud800", "9" * 50),
    *([], {}, [[[[]]]], {"value": 1e308, "unit": "g/L"}, {"value": None}, "online", "sos", "A", "%", *TIMES),
]
SPLICES = (b"", b"{", b"]", b'"', b",", b":", b"9" * 30, b"9" * 5_000, b"\xff", b"[" * 3_000, b"null")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def mutated(message: Message, rng: np.random.Generator) -> Message:
    """One of the golden messages with its JSON, its bytes or its topic changed."""
    kind = rng.integers(4)
    if kind == 0:
        try:
            body = json.loads(message.payload)
        except ValueError:
            body = {}
        return message._replace(payload=json.dumps(_changed(body, rng)).encode())
    payload = bytearray(message.payload)
    for _ in range(rng.integers(1, 6)):
        at = int(rng.integers(len(payload) + 1))
        if kind == 1:
            payload[at : at + 1] = bytes([rng.integers(256)])
        elif kind == 2:
            payload[at : at + int(rng.integers(8))] = SPLICES[rng.integers(len(SPLICES))]
        else:
            payload[at:] = payload[: int(rng.integers(len(payload) + 1))]
    return message._replace(payload=bytes(payload)[:80_000])


def _changed(body: Any, rng: np.random.Generator) -> Any:
    """The body with one value somewhere inside replaced, renamed or removed."""
    keys = list(body) if isinstance(body, dict) else list(range(len(body))) if isinstance(body, list) else []
    if not keys or rng.random() < 0.15:
        return NASTY[rng.integers(len(NASTY))]
    key = keys[rng.integers(len(keys))]
    if rng.random() < 0.15:
        del body[key]
    elif isinstance(body, dict) and rng.random() < 0.15:
        body[str(NASTY[rng.integers(len(NASTY))])] = body.pop(key)
    else:
        body[key] = _changed(body[key], rng)
    return body


def check(decoder: IntakeDecoder, table: SeriesTable, messages: list[Message]) -> None:
    alone = [decoder.decode([message]) for message in messages]
    for message, intake in zip(messages, alone, strict=True):
        assert traces(intake), f"no trace of {message}"
        sound(intake, table)
    together = decoder.decode(messages)
    sound(together, table)
    kept = identities(together)
    for message, intake in zip(messages, alone, strict=True):
        assert message.received in traces(together) or identities(intake) <= kept, f"lost in company: {message}"


def traces(intake: Intake) -> set[int]:
    """When the messages arrived that left something (each arrives at its own time)."""
    parts = (*intake.statuses, *intake.events, *intake.rejects)
    return {*intake.batch.received.tolist(), *(part.received for part in parts)}


def identities(intake: Intake) -> set[tuple[int, int]]:
    return set(zip(intake.batch.series.tolist(), intake.batch.time.tolist(), strict=True))


def sound(intake: Intake, table: SeriesTable) -> None:
    """What later stages rely on."""
    batch = intake.batch
    signal = table.signal_codes()[batch.series]
    assert np.isfinite(batch.value).all()
    off = (batch.quality & Quality.ARTEFACT) != 0
    assert (batch.value[off] == 0).all()
    assert (off | (batch.value >= np.array([s.low for s in SIGNALS])[signal])).all()
    assert (batch.value <= np.array([s.high for s in SIGNALS])[signal]).all()
    assert (batch.time <= batch.received + 120_000).all()
    assert len(identities(intake)) == len(batch)
    assert {table.patients[code] for code in table.patient_codes()[batch.series]} <= {"p1", "p2"}
    for reject in intake.rejects:
        assert isinstance(reject.reason, RejectReason)
        assert 0 < len(reject.detail) < 500
        reject.detail.encode()
        assert "decoder failed" not in reject.detail, reject
    for event in intake.events:
        json.dumps(event.detail)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 2**32), JSON)
def test_mutated_and_random_payloads_are_all_accounted_for(seed: int, body: Any) -> None:
    rng, table = np.random.default_rng(seed), SeriesTable()
    decoder = IntakeDecoder(DEFAULT_ROUTES, Directory.of(AGENCY), table)
    messages = [mutated(SEEDS[rng.integers(len(SEEDS))], rng) for _ in range(EACH - len(DEFAULT_ROUTES))]
    random = json.dumps(body).encode()
    messages += [SEEDS[i]._replace(payload=random) for i in rng.integers(len(SEEDS), size=len(DEFAULT_ROUTES))]
    check(decoder, table, [m._replace(received=NOW + i) for i, m in enumerate(messages)])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.binary(max_size=80))
def test_no_topic_whatsoever_breaks_the_decoder(topic: str, payload: bytes) -> None:
    decoder = IntakeDecoder(DEFAULT_ROUTES, Directory(unknown_patients="admit"), SeriesTable())
    for t in (topic, f"homevigil/v1/{topic}/vitals", f"home/{topic}/LWT", f"homevigil/v1/a/{topic}/d/vitals"):
        intake = decoder.decode([Message(t, payload, NOW)])
        assert len(intake.rejects) + len(intake.statuses) + len(intake.events) + len(intake.batch) >= 1
