"""A drill takes the way of every alert through a running service, rings one person, and leaves nothing behind."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.desk import Desk
from alerts.figures import stories
from monitor.app import App, open_app
from monitor.commands.run import await_subscription
from monitor.drill import Part, run_drill
from monitor.drilling import drilling, next_drill
from monitor.drills import planned, publisher
from monitor.sections import AlertSettings, BrokerSettings
from monitor.settings import Settings
from monitor.watchdog import Signs, Tolerance, troubles
from monitor.written import last_written
from tests.alerts.house import ANA, OPS, agency, person
from tests.alerts.sink import Sink, running
from tests.conftest import free_port
from vitals.agency import Agency
from vitals.alert import AlertState
from vitals.clock import ManualClock, SystemClock
from vitals.errors import HomevigilError, UnavailableError
from vitals.people import Caregiver, QuietHours, Role
from vitals.times import DAY, MINUTE, SECOND

CLOCK = SystemClock()


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder, broker=BrokerSettings(embedded=True), alerts=AlertSettings(digests=False))


def house(sink: Sink) -> Agency:
    quiet = QuietHours(start="00:00", end="23:59")
    olga = person("olga", Role.OPERATIONS_MANAGER, url=sink.url(), quiet=quiet, min_severity="high")
    return agency(ANA, olga)


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with running() as it:
        yield it


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[App]:
    with open_app(settings_in(tmp_path_factory.mktemp("service")), CLOCK, agency=house(sink)) as app:
        await_subscription(app, threading.Event())  # before it, the broker keeps nothing for us
        yield app


def drilled(app: App, to: str | None = None, timeout: int = 20 * SECOND) -> list[Part]:
    what = planned(app.desk.roster.agency, to, timeout)
    return run_drill(what, publisher(app.settings), app.ledger, Desk(app.ledger, CLOCK), CLOCK)


def test_every_part_answers_and_only_the_manager_is_rung_though_it_is_quiet(service: App, sink: Sink) -> None:
    parts = drilled(service)
    assert [(part.part, part.ok) for part in parts] == [
        *(("broker", True), ("desk", True)),
        *(("channels", True), ("close", True)),
    ], parts
    assert all(part.ms is not None for part in parts)
    (alert,) = service.ledger.alerts()
    assert alert.state is AlertState.CLOSED
    assert service.ledger.transitions(alert.id)[-1].evidence == {"outcome": "drill"}
    (notice,) = service.ledger.deliveries(alert.id)
    assert (notice.recipient, notice.title) == ("olga", "TEST homevigil")
    (heard,) = sink.wait_for(1)
    assert "nothing to do" in json.dumps(heard)
    assert stories([alert], service.ledger.transitions(), lambda *_: 0) == [], "it counts in no report"


def test_the_store_says_when_it_was_last_written(service: App, tmp_path: Path) -> None:
    assert last_written(service.settings, CLOCK.now()).ok
    nothing = last_written(settings_in(tmp_path), CLOCK.now())
    assert (nothing.part, nothing.ok) == ("store", False)


def test_a_channel_that_does_not_answer_is_named_and_the_alert_is_closed(service: App) -> None:
    service.desk.use(agency(ANA, person("olga", Role.OPERATIONS_MANAGER, url=f"json://127.0.0.1:{free_port()}/gone")))
    parts = drilled(service, timeout=2 * SECOND)
    assert [(part.part, part.ok) for part in parts][-2:] == [("channels", False), ("close", True)]
    assert "olga/phone" in parts[-2].words
    assert service.ledger.live() == []


def test_the_service_does_one_now_and_then_at_its_hour_and_the_watchdog_hears_what_failed(service: App) -> None:
    now = CLOCK.now()
    last = max(alert.opened for alert in service.ledger.alerts())
    assert next_drill(service.ledger, DAY, now) == last + DAY
    assert next_drill(service.ledger, DAY, last + 2 * DAY) == last + 2 * DAY + 5 * MINUTE, "a start is given time"
    clock, done = ManualClock(last + DAY - MINUTE), threading.Event()

    def fails() -> list[Part]:
        done.set()
        return [Part("channels", ok=False, words="not taken")]

    with drilling(service.ledger, fails, clock, DAY) as outcome:
        assert not done.wait(0.1)
        clock.advance(MINUTE)
        assert done.wait(10)
    signs = Signs(0, 0, drill=outcome())
    assert troubles(signs, Tolerance()) == {"drill": "in a drill the channels did not answer: not taken"}


def test_a_broker_that_is_not_there_is_named(tmp_path: Path, service: App) -> None:
    what = planned(service.desk.roster.agency, "olga", SECOND)
    nowhere = publisher(service.settings).model_copy(update={"port": free_port()})
    (part,) = run_drill(what, nowhere, service.ledger, Desk(service.ledger, CLOCK), CLOCK)
    assert (part.part, part.ok) == ("broker", False)
    with pytest.raises(UnavailableError, match="homevigil run"):
        publisher(settings_in(tmp_path))


def test_a_service_that_takes_nothing_in_is_named(service: App) -> None:
    what = planned(service.desk.roster.agency, "olga", SECOND)
    unknown = replace(what, patient="nobody-known")
    parts = run_drill(unknown, publisher(service.settings), service.ledger, Desk(service.ledger, CLOCK), CLOCK)
    assert [(part.part, part.ok) for part in parts] == [("broker", True), ("desk", False), ("close", True)]
    assert "is homevigil run running" in parts[1].words


def test_what_lay_in_the_broker_until_nobody_waits_for_it_rings_nobody(service: App) -> None:
    what = planned(service.desk.roster.agency, "olga", SECOND)
    before, known = ManualClock(CLOCK.now() - MINUTE), {alert.id for alert in service.ledger.alerts()}
    parts = run_drill(what, publisher(service.settings), service.ledger, Desk(service.ledger, CLOCK), before)
    assert [(part.part, part.ok) for part in parts] == [("broker", True), ("desk", False), ("close", True)]
    drilled(service, timeout=2 * SECOND)
    assert len({alert.id for alert in service.ledger.alerts()} - known) == 1, (
        "only that of the drill that came after it"
    )
    assert service.ledger.live() == []


@pytest.mark.parametrize(
    ("people", "to", "words"),
    [((ANA,), None, "no operations manager"), ((ANA, OPS), "zoe", "no such caregiver")],
)
def test_who_cannot_be_rung_is_said_with_a_remedy(people: tuple[Caregiver, ...], to: str | None, words: str) -> None:
    with pytest.raises(HomevigilError, match=words):
        planned(agency(*people), to, SECOND)
