"""The audit chain: every row that must never change is sealed into one chain of hashes, and can be verified.

Each seal's ``chain`` is the SHA-256 of the chain before it and of its own row's digest (Haber and Stornetta, How to
time-stamp a digital document, 1991). Who alters, removes or inserts a sealed row, or a seal, breaks the chain; who cuts
its end off is caught by a head that was noted elsewhere. Sealing follows the rows within seconds, off the alert's path.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text

from store.ledger.audited import SOURCES, Entry, Source
from store.ledger.schema_audit import acts, seals

_FIRST: Final = "0" * 64
_LOT: Final = 400
_TURN: Final = 0x5345414C
"""The advisory lock under which PostgreSQL's chain grows: one sealer at a time."""
RETENTION: Final = "retention"
_NAMED: Final = 20
"""Faults named one by one."""


@dataclass(frozen=True, slots=True)
class Act:
    """A look, or a change of plan or roster: who (``actor``) did what to which ``subject``; ``time`` in ms UTC."""

    time: int
    actor: str
    what: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found. ``faults`` are sentences; ``gone`` rows were let go of by retention; ``unsealed`` rows
    are newer than the chain's head.
    """

    seals: int
    head: str
    unsealed: int
    gone: int
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class _Findings:
    let_go: int
    """Up to which time, ms, retention let go of finished notices and their attempts."""
    faults: list[str] = field(default_factory=list)
    gone: int = 0

    def add(self, fault: str) -> None:
        if len(self.faults) < _NAMED:
            self.faults.append(fault)


def note(connection: Connection, act: Act) -> None:
    """Write down a look, or a change of plan or roster."""
    connection.execute(insert(acts), asdict(act))


def read_acts(connection: Connection, limit: int | None) -> list[Act]:
    """Looks and changes, newest first."""
    query = select(*(acts.c[part.name] for part in fields(Act))).order_by(acts.c.id.desc()).limit(limit)
    return [Act(*row) for row in connection.execute(query)]


def any_unsealed(connection: Connection) -> bool:
    """Whether there is anything to seal; a look that keeps no writer waiting."""
    return any(source.unsealed(connection, 1) for source in SOURCES)


def seal(connection: Connection, limit: int = _LOT) -> int:
    """Seal up to ``limit`` rows of each source; returns how many. To be called again while it returns any."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    number, chain = _head(connection)
    links = []
    for source in SOURCES:
        for entry in source.unsealed(connection, limit):
            number, chain = number + 1, linked(chain, source.name, entry)
            link = {"number": number, "source": source.name, "chain": chain, **entry._asdict()}
            links.append(link)
    if links:
        connection.execute(insert(seals), links)
    return len(links)


def linked(chain: str, source: str, entry: Entry) -> str:
    """The chain with one more link.

    >>> linked("0" * 64, "act", Entry("1", 0, "ab"))[:16]
    'f6637945c4633116'
    """
    return sha256(f"{chain}\n{source}\n{entry.ref}\n{entry.time}\n{entry.digest}".encode()).hexdigest()


def verify(connection: Connection, head: str = "") -> Verified:
    """Follow the whole chain and look at every row it names; ``head`` is one that was noted elsewhere."""
    findings, chain, number, heads = _Findings(_let_go(connection)), _FIRST, 0, {head}
    for lot in _lots(connection):
        for link in lot:
            number += 1
            chain = linked(chain, link.source, Entry(link.ref, link.time, link.digest))
            if link.number != number:
                findings.add(f"seal {number} is missing")
                number = link.number
            if link.chain != chain:
                findings.add(f"seal {number} ({link.source} {link.ref}) does not follow from the one before it")
                chain = link.chain
            heads.discard(chain)
        _compare(connection, lot, findings)
    if heads - {""}:
        findings.add(f"the head {head} is not in the chain: its end was cut off, or this is another ledger")
    for source in SOURCES:
        if strays := source.strays(connection):
            findings.add(f"{strays} rows of {source.name} were never sealed, and are too old to be under way")
    open_ = sum(len(source.unsealed(connection, _LOT)) for source in SOURCES)
    return Verified(number, chain, open_, findings.gone, tuple(findings.faults))


def _compare(connection: Connection, lot: list[Any], findings: _Findings) -> None:
    ordered = sorted(lot, key=lambda link: link.source)
    by_source = {name: list(links) for name, links in groupby(ordered, key=lambda link: link.source)}
    for source in SOURCES:
        links = by_source.pop(source.name, [])
        rows = source.entries(connection, [link.ref for link in links]) if links else {}
        for link in links:
            _judge(source, link, rows.get(link.ref), findings)
    for name in by_source:
        findings.add(f"seals name {name!r}, which this version does not know: verify with the version that wrote them")


def _judge(source: Source, link: Any, row: Entry | None, findings: _Findings) -> None:
    if row is None:
        if source.may_go and link.time < findings.let_go:
            findings.gone += 1
        else:
            findings.add(f"{source.name} {link.ref} of seal {link.number} has been removed")
    elif (row.time, row.digest) != (link.time, link.digest):
        findings.add(f"{source.name} {link.ref} of seal {link.number} has been changed")


def _let_go(connection: Connection) -> int:
    """Retention writes down what it does; nothing else may make a row disappear."""
    done = connection.scalars(select(acts.c.detail).where(acts.c.what == RETENTION))
    return max((int(str(detail.get("before", 0))) for detail in done if isinstance(detail, dict)), default=0)


def _lots(connection: Connection) -> Iterator[list[Any]]:
    after = 0
    while lot := list(
        connection.execute(select(seals).where(seals.c.number > after).order_by(seals.c.number).limit(_LOT))
    ):
        yield lot
        after = lot[-1].number


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(select(seals.c.number, seals.c.chain).order_by(seals.c.number.desc()).limit(1)).first()
    return (0, _FIRST) if row is None else (row.number, row.chain)
