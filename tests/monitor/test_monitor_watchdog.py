"""Watching the watcher: trouble is said once, by a way that does not lead through what is in trouble."""

import http.server
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from alerts.channels.console import Console
from monitor.sections import WatchSettings
from monitor.watchdog import Signs, Tolerance, Voice, Watchdog, troubles
from monitor.watched import Vitals
from monitor.ways import Outside
from vitals.clock import ManualClock, elapsed
from vitals.errors import UnavailableError

WELL, STUCK = Signs(0.1, 0), Signs(0.1, 61)


@dataclass
class Ways:
    said: list[str] = field(default_factory=list)
    pings: list[bool] = field(default_factory=list)

    def ping(self, *, well: bool) -> None:
        self.pings.append(well)

    def say(self, title: str, body: str) -> None:
        self.said.append(f"{title}: {body}")


@dataclass
class Service:
    signs: Signs | None = WELL

    def __call__(self) -> Signs:
        if self.signs is None:
            raise UnavailableError("the ledger is away")
        return self.signs


@pytest.fixture
def ways() -> Ways:
    return Ways()


def test_each_trouble_has_its_words() -> None:
    assert troubles(WELL, Tolerance()) == {}
    every = Signs(61, 61, ledger=False, store=61, untold=61)
    assert set(troubles(every, Tolerance())) == {"ledger", "pipeline", "outbox", "store", "untold"}


def test_trouble_is_said_at_once_not_again_and_again_and_its_end_too(ways: Ways) -> None:
    service = Service()
    dog = Watchdog(service, ways, Tolerance(again=900), every=60)
    for now in range(0, 120, 5):
        dog.look_once(now)
    assert (ways.said, ways.pings) == ([], [True, True])
    service.signs = STUCK
    for now in range(120, 1020, 5):
        dog.look_once(now)
    assert [s.split(":")[0] for s in ways.said] == ["homevigil needs help now"]
    assert "waiting for 1m1s" in ways.said[0]
    assert not any(ways.pings[2:])
    dog.look_once(1020)
    assert len(ways.said) == 2
    service.signs = WELL
    dog.look_once(1025)
    assert ways.said[-1].startswith("homevigil works again")
    assert ways.pings[-1]


def test_a_ledger_that_does_not_answer_is_trouble_too(ways: Ways) -> None:
    Watchdog(Service(None), ways, Tolerance(), every=60).look_once(0)
    assert "the ledger does not answer" in ways.said[0]


@given(st.lists(st.sets(st.sampled_from(["ledger", "pipeline", "outbox"]))))
def test_nothing_new_goes_unsaid_and_every_trouble_ends_with_a_word(moments: list[set[str]]) -> None:
    voice, standing = Voice(Tolerance(again=1e9)), set[str]()
    for now, wrong in enumerate(moments):
        said = voice.hear(dict.fromkeys(wrong, "…"), now)
        expected = (False if standing else None) if not wrong else True if wrong - standing else None
        assert said is expected
        standing = standing | wrong if wrong else set()


def test_signs_are_ages_in_wall_seconds() -> None:
    @dataclass
    class Pipeline:
        came_round: float
        behind: float = 0.0

    @dataclass
    class Queue:
        due: int | None

        def waiting_since(self) -> int | None:
            return self.due

        def untold_since(self) -> int | None:
            return self.due

    clock = ManualClock(100_000)
    signs = Vitals(Pipeline(elapsed() - 90), Queue(40_000), clock, speed=60)()
    assert 89 < signs.pipeline < 120
    assert (signs.outbox, signs.untold, signs.store) == (1.0, 1.0, 0.0)
    assert Vitals(Pipeline(elapsed()), Queue(None), clock)().outbox == 0


@pytest.fixture
def outside() -> Iterator[tuple[str, "queue.Queue[str]"]]:
    """An outside monitor that notes which path was asked for."""
    heard: queue.Queue[str] = queue.Queue()

    class Monitor(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.put(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Monitor) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/s3cr3t", heard
        server.shutdown()


def test_a_real_monitor_is_pinged_and_a_real_second_path_told(outside: tuple[str, "queue.Queue[str]"]) -> None:
    url, heard = outside
    shown: list[str] = []
    channel = Console(lambda _url, title, _body, _severity: shown.append(title))
    ways = Outside(channel, SecretStr(url), [SecretStr("console://manager")])
    service = Service(STUCK)
    with Watchdog(service, ways, Tolerance(), every=0.01):
        assert heard.get(timeout=20) == "/ping/s3cr3t/fail"
        service.signs = WELL
        while heard.get(timeout=20) != "/ping/s3cr3t":
            pass
    assert shown[:2] == ["homevigil needs help now", "homevigil works again"]


def test_an_outside_that_is_away_breaks_nothing() -> None:
    ways = Outside(Console(lambda *_: None), SecretStr("http://127.0.0.1:9/x"), [SecretStr("json://nowhere")])
    ways.ping(well=True)
    ways.say("title", "body")


def test_a_heartbeat_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValidationError, match="is no web address"):
        WatchSettings(heartbeat_url=SecretStr("file:///etc/passwd"))
