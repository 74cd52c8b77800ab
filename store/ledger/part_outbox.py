"""The ledger as the outbox needs it: the queue of notices, and which of its workers live."""

from collections.abc import Iterable, Sequence

import structlog

from store.ledger import marks, queue, untold
from store.ledger.attendance import Attendance
from store.ledger.attendance_session import PATIENCE
from store.ledger.database import Database
from store.ledger.errors import answering
from store.ledger.part import Part
from vitals.alert import Delivery
from vitals.errors import HomevigilError

log = structlog.get_logger(__name__)

_LEFT: list[Attendance] = []
"""Those of closed ledgers whose workers still have a notice under way: the end of the process lets go of them."""


class OutboxPart(Part):
    """Notices are leased, sent and marked; what a dead worker held goes to the living."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._attendance: Attendance | None = None

    def attend(self, worker: str, patience: float = PATIENCE) -> str:
        """Be known to live until the ledger is closed, or the process ends; returns the name to lease by, which is
        ``worker``'s with the number of a lock. On PostgreSQL others count as dead when their lock has been free for
        ``patience`` seconds, on SQLite at once.

        Where nothing can be locked, ``worker`` itself: then its leases have to run out when it dies.

        >>> from store.ledger import open_ledger
        >>> with open_ledger("sqlite://") as ledger:
        ...     ledger.attend("home:7").startswith("home:7#"), ledger.forsaken(now=0)
        (True, 0)
        """
        attendance = self._attendance or Attendance(self._database.locks(patience))
        try:
            with answering(self._database.address):
                name = attendance.attend(worker)
            attendance.locks.clear(attendance.others(self._database.read(queue.holders)))
        except OSError as error:
            log.warning(
                "worker_not_locked", worker=worker, why=str(error), consequence="if it dies, its leases run out"
            )
            return worker
        self._attendance = attendance
        return name

    def forsaken(self, now: int) -> int:
        """Give back what dead workers hold; returns how many notices. Only who attends may judge; to be asked each
        second or so, for it is also how a worker finds that it has lost its own lock.
        """
        if self._attendance is None:
            return 0
        others = self._attendance.others(self._database.read(queue.holders))
        with self._attendance.locks.free(others) as dead:
            names = [others[number] for number in dead]
            count = self._database.write(lambda c: queue.release(c, names, now)) if names else 0
        if names:
            log.info("leases_taken_over", workers=sorted(names), notices=count)
        return count

    def let_go(self) -> None:
        """Attend no more, unless a notice of ours is still under way: nobody may take that while we live."""
        attendance, self._attendance = self._attendance, None
        if attendance is None:
            return
        try:
            held = self._database.read(queue.holders)
        except HomevigilError:
            held = list(attendance.names)
        if attendance.names.isdisjoint(held):
            attendance.locks.close()
        else:
            _LEFT.append(attendance)

    def lease(self, worker: str, now: int, until: int, limit: int) -> list[Delivery]:
        """Take what is due, or whose lease ran out, most severe and oldest first; no two callers get the same."""
        if not self._database.read(lambda c: queue.any_due(c, now)):
            return []
        return self._database.write(lambda c: queue.lease(c, worker, now, until, limit))

    def holders(self) -> list[str]:
        """The workers that hold leases."""
        return self._database.read(queue.holders)

    def release(self, worker: str, now: int) -> int:
        """Give back at once what a worker that is no more still holds; returns how many."""
        return self._database.write(lambda c: queue.release(c, [worker], now))

    def hasten(self, keys: Iterable[str], now: int) -> int:
        """Make what waits untried under these keys due at ``now``; returns how many."""
        return self._database.write(lambda c: queue.hasten(c, list(keys), now))

    def next_due(self) -> int | None:
        """When the next pending or leased delivery wants attention, ms; None when nothing waits."""
        return self._database.read(queue.next_due)

    def waiting_since(self) -> int | None:
        """When the oldest notice that has not left was to go, ms, whoever holds it; None when nothing waits."""
        return self._database.read(queue.waiting_since)

    def untold_since(self) -> int | None:
        """When the first try failed, ms, to tell of a live alert that has reached nobody; None when there is none."""
        return self._database.read(untold.since)

    def mark(self, attempts: Sequence[marks.Attempt]) -> None:
        """Record tries, in one transaction: sent, waiting for another try at ``retry_at``, or dead."""
        if attempts:
            self._database.write(lambda c: marks.mark(c, attempts))

    def sent_to(self, recipient: str, channel: str, since: int) -> list[Delivery]:
        """What a person has got over a channel at ``since`` (ms) or later, by whichever process, oldest first."""
        return self._database.read(lambda c: queue.sent_to(c, recipient, channel, since))
