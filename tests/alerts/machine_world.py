"""Two services over one ledger that may die at any commit, and channels that fail: the world of the desk's machine."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import numpy as np

from alerts.attempt import Sender
from alerts.channels.base import Failure, Sent
from alerts.desk import Desk
from alerts.notices import Lease
from alerts.ports import Attempt, LedgerTx
from tests.alerts.machine_ledgers import Records
from vitals.agency import Agency
from vitals.alert import Delivery
from vitals.clock import ManualClock
from vitals.finding import Severity
from vitals.times import MINUTE

T = TypeVar("T")
TAKEN = Sent(ok=True)
CHANNELS = (
    TAKEN,
    Sent(ok=False, text="down", failure=Failure.UNREACHABLE),
    Sent(ok=False, text="busy", failure=Failure.BUSY),
)


class Crash(BaseException):
    """The process is killed here; nothing in it may catch this."""


class Try(NamedTuple):
    time: int
    ok: bool


class Frail:
    """The ledger as one service sees it; ``fuse`` counts its commits down, and kills it just before or after one."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.fuse: tuple[int, str] | None = None
        self.meanwhile: Callable[[], None] | None = None
        """What another process does just before our next transaction begins."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    @contextmanager
    def write(self) -> Iterator[LedgerTx]:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        with self._ledger.write() as tx:
            yield tx
            self._point("before")
        self._point("after")

    def lease(self, *given: Any) -> list[Delivery]:
        self._point("before")
        taken: list[Delivery] = self._ledger.lease(*given)
        self._point("after")
        return taken

    def mark(self, attempts: Sequence[Attempt]) -> None:
        self._point("before")
        self._ledger.mark(attempts)
        self._point("after")

    def _point(self, when: str) -> None:
        if self.fuse is None or self.fuse[1] != when:
            return
        left = self.fuse[0] - 1
        self.fuse = (left, when) if left else None
        if not left:
            raise Crash


class Service:
    """A desk, and an outbox without threads: what was pushed, and what is due, goes when told to."""

    def __init__(self, world: "World", worker: str, seed: int) -> None:
        self.world, self.ledger, self.clock = world, Frail(world.ledger), world.clock
        self.lease, self.pushed, self.unmarked = Lease(worker, MINUTE), list[Delivery](), set[str]()
        self.desk = Desk(self.ledger, self.clock)
        self.sender = Sender(self, self.desk.address, self.desk.renew, self.clock, np.random.default_rng(seed))
        self.desk.connect(self)

    def push(self, deliveries: Sequence[Delivery]) -> None:
        self.pushed += deliveries

    def wake(self) -> None:
        pass

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        answer = self.world.answer
        self.world.tries.setdefault(key, []).append(Try(self.clock.now(), answer.ok))
        if answer.ok:
            self.unmarked.add(key)
        return answer

    def drain(self) -> None:
        now = self.clock.now()
        held, self.pushed = self.pushed, []
        ours = [d for d in held if d.lease_until is None or d.lease_until > now]
        due = self.ledger.lease(self.lease.worker, now, now + self.lease.length, 1_000)
        marks = [self.sender.attempt(delivery) for delivery in (*ours, *due)]
        if marks:
            self.ledger.mark(marks)
            self.unmarked.clear()

    def keep_house(self) -> None:
        """What the service does every two seconds: take up what other processes have committed."""
        self.desk.use(self.world.agency)
        self.desk.roster.learn(self.ledger.events(0))
        self.desk.take_up(self.clock.now())


class World:
    """``lost`` counts the marks that died with a process after its notice had gone: each may repeat that key once."""

    def __init__(self, records: Records, start: int) -> None:
        self.clock, self.records, self.ledger = ManualClock(start), records, records.ledger
        self.agency: Agency = records.agency
        self.answer = TAKEN
        self.tries: dict[str, list[Try]] = {}
        self.lost: Counter[str] = Counter()
        self.starts = 0
        self.services = [self._start("w0"), self._start("w1")]

    def do(self, number: int, act: Callable[[Service], T]) -> T:
        """A service does something; if that kills it, it is started again, and does it again."""
        try:
            return act(self.services[number])
        except Crash:
            self.restart(number)
            return act(self.services[number])

    def restart(self, number: int) -> None:
        """What was committed and not yet sent is known to the ledger only; its own leases it takes back at once."""
        dead = self.services[number]
        self.lost.update(dead.unmarked)
        self.records.release(dead.lease.worker, self.clock.now())
        self.services[number] = self._start(dead.lease.worker)

    def employ(self, agency: Agency) -> None:
        """Another agency file is imported; services take it up as they keep house."""
        self.agency = agency
        self.records.employ(agency, self.clock.now())

    def _start(self, worker: str) -> Service:
        self.starts += 1
        return Service(self, worker, self.starts)
