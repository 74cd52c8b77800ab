"""A home in miniature: every stage in one process, on a clock that is moved by hand, in words a nurse can read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from numpy.random import default_rng

from alerts.attempt import Sender
from alerts.channels.console import Console
from alerts.desk import Desk
from detectors.scan import Bank
from ingest.decode import IntakeDecoder
from ingest.directory import Directory
from ingest.routes import DEFAULT_ROUTES
from monitor.metrics import Metrics
from monitor.pipeline import Pipeline, Stages
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from vitals.agency import Agency
from vitals.alert import Alert
from vitals.clock import ManualClock
from vitals.intake import Message
from vitals.times import DAY, HOUR, MINUTE, SECOND, iso, parse_duration, parse_time

if TYPE_CHECKING:
    from alerts.ports import Attempt


def person(name: str, role: str) -> dict[str, Any]:
    """Somebody with a phone, in London."""
    phone = {"name": "phone", "url": f"console://{name}"}
    return {"id": name, "name": name.title(), "role": role, "timezone": "Europe/London", "channels": [phone]}


DEVICES = [{"id": "oximeter", "type": "oximeter", "silent_after": "15m"}, {"id": "cuff", "type": "cuff"}]
AGENCY: dict[str, Any] = {
    "id": "care",
    "patients": [
        {"id": "p1", "name": "Patient One", "timezone": "Europe/London", "devices": DEVICES},
        {"id": "p2", "name": "Patient Two", "timezone": "Europe/London"},
    ],
    "caregivers": [person("ana", "cna"), person("noor", "nurse"), person("olu", "operations_manager")],
    "assignments": [{"patient": "p1", "caregiver": "ana"}, {"patient": "p2", "caregiver": "ana"}],
}

START = parse_time("2026-11-22T00:00:00Z")


class Home:
    """Push readings, move the clock, and see who was told what."""

    def __init__(self, folder: Path, agency: dict[str, Any]) -> None:
        self.folder, self.agency = folder, Agency.model_validate(agency)
        self.clock = ManualClock(START)
        self.told: list[tuple[str, int, str]] = []
        self.inbox: list[Message] = []
        self.acknowledged: list[Message] = []
        self._open()

    def _open(self) -> None:
        self.readings = DuckDBReadings(self.folder / "readings.duckdb")
        self.ledger = open_ledger(f"sqlite:///{self.folder}/ledger.db")
        if self.ledger.agency() != self.agency:
            self.ledger.import_agency(self.agency, self.clock.now())
        self.bank = Bank(self.readings.series, self.agency)
        self.bank.learn(self.ledger.events(self.clock.now() - DAY))
        self.bank.warm(self.readings, self.ledger.live(), self.clock.now(), self.ledger.ordered_since())
        self.desk = Desk(self.ledger, self.clock, self.agency)
        decoder = IntakeDecoder(DEFAULT_ROUTES, Directory.of(self.agency), self.readings.series)
        stages = Stages(self, decoder, self.readings, self.bank, self.desk)
        self.pipeline = Pipeline(stages, self.clock, Metrics())
        show = Console(
            lambda url, title, body, _severity: self.told.append((url[10:], self.clock.now(), f"{title}\n{body}"))
        )
        self.sender = Sender(show, self.desk.address, self.desk.renew, self.clock, default_rng(0))

    def close(self) -> None:
        self.readings.close()
        self.ledger.close()

    def restart(self, down: str = "0s") -> None:
        """Stop, be away for a while, and come back with what the disk holds."""
        self.close()
        self.clock.advance(parse_duration(down))
        self._open()
        self._beat()

    # what arrives

    def take(self, timeout: float) -> list[Message]:
        taken, self.inbox = self.inbox, []
        return taken

    def acknowledge(self, messages: Any) -> None:
        self.acknowledged += messages

    def push(
        self, time: str | int, *, patient: str = "p1", device: str = "oximeter", retained: bool = False, **vitals: Any
    ) -> None:
        """A reading measured at ``time`` arrives: now, or at that time if it lies ahead."""
        when = at(time) if isinstance(time, str) else time
        self.until(max(when, self.clock.now()))
        self.arrive({"time": iso(when), "vitals": vitals}, patient=patient, device=device, retained=retained)

    def arrive(
        self,
        payload: Any,
        *,
        patient: str = "p1",
        device: str = "oximeter",
        kind: str = "vitals",
        retained: bool = False,
    ) -> None:
        topic = f"homevigil/v1/care/{patient}/{device}/{kind}"
        self.inbox.append(Message(topic, json.dumps(payload).encode(), self.clock.now(), retained))
        self.pipeline.step(0)
        self._deliver()

    def stream(self, start: str, end: str, every: str = "20s", **vitals: Any) -> None:
        """Readings every so often from ``start`` to ``end``."""
        for time in range(at(start), at(end), parse_duration(every)):
            self.push(time, **vitals)

    # time

    def until(self, time: int) -> None:
        while self.clock.now() + 10 * SECOND <= time:
            self.clock.advance(10 * SECOND)
            self._beat()
        self.clock.set(time)

    def fast_forward(self, **parts: int) -> None:
        self.until(self.clock.now() + sum(parts.get(u, 0) * s for u, s in (("minutes", MINUTE), ("hours", HOUR))))

    def _beat(self) -> None:
        self.pipeline._next_beat = 0.0
        self.pipeline.beat()
        self._deliver()

    def _deliver(self) -> None:
        """The outbox, without threads: whatever is due goes out now."""
        now = self.clock.now()
        attempts: list[Attempt | None] = [
            self.sender.attempt(d) for d in self.ledger.lease("test", now, now + MINUTE, 1000)
        ]
        self.ledger.mark([a for a in attempts if a])

    # what was seen

    def notices(self, person: str, words: str = "") -> list[str]:
        return [text for who, _, text in self.told if who == person and words in text]

    def expect(self, person: str, words: str = "", *, within: str = "0s") -> str:
        """That person has been told, or is told within that time."""
        deadline = self.clock.now() + parse_duration(within)
        while not self.notices(person, words) and self.clock.now() < deadline:
            self.fast_forward(minutes=1)
        found = self.notices(person, words)
        assert found, f"{person} was not told {words!r}; told: {self.told}"
        return found[-1]

    def expect_silence(self, words: str = "") -> None:
        assert not [t for _, _, t in self.told if words in t], self.told

    def live(self, rule: str = "") -> list[Alert]:
        return [a for a in self.ledger.live() if a.key.rule.startswith(rule)]


def at(text: str) -> int:
    """A time of the test's day, 22 November 2026, UTC: ``02:10`` or ``02:10:30``."""
    return parse_time(f"2026-11-22T{text if text.count(':') == 2 else text + ':00'}Z")


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[Any]:
    homes: list[Home] = []

    def make(**changes: Any) -> Home:
        homes.append(Home(tmp_path, {**AGENCY, **changes}))
        return homes[-1]

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def home(make_home: Any) -> Home:
    return make_home()
