"""What one transaction of the desk will write, gathered first so that it is written in bulk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from alerts.ports import LedgerTx
from vitals.alert import Alert, Delivery, Transition
from vitals.intake import Intake


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the desk has committed. ``alerts`` are as each of the transitions left them, one for one."""

    transitions: tuple[Transition, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    alerts: tuple[Alert, ...] = ()


NOTHING = Recorded()

T = TypeVar("T")


class KnownError(Exception):
    """An alert that was to be opened is there already."""


@dataclass(slots=True)
class Docket:
    """Alerts as they will stand, with the lines of their history and the notices they cause."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)
    as_left: list[Alert] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    stale_words: dict[str, str] = field(default_factory=dict)
    """Alerts whose waiting notices are given up, and why."""

    def enter(self, alert: Alert, line: Transition, notices: list[Delivery]) -> None:
        """One step in the life of an alert."""
        self.keep(alert)
        self.transitions.append(line)
        self.as_left.append(alert)
        self.deliveries.extend(notices)

    def keep(self, alert: Alert) -> None:
        """An alert as it stands, without an entry in its history."""
        self.alerts[alert.id] = alert

    def write(self, tx: LedgerTx, now: int) -> None:
        """Everything in as few statements as there are kinds of things; what is given up goes first."""
        for alert_id, why in self.stale_words.items():
            tx.cancel_deliveries(alert_id, now, why)
        _some(tx.put_alerts, list(self.alerts.values()))
        _some(tx.add_transitions, self.transitions)
        _some(tx.add_deliveries, self.deliveries)

    def open(self, tx: LedgerTx) -> None:
        """The same, where every alert is new; KnownError, which undoes the transaction, when one is not."""
        if self.alerts and not tx.open_alerts(list(self.alerts.values())):
            raise KnownError
        _some(tx.add_transitions, self.transitions)
        _some(tx.add_deliveries, self.deliveries)

    def recorded(self) -> Recorded:
        """The same, as the desk's answer."""
        return Recorded(tuple(self.transitions), tuple(self.deliveries), tuple(self.as_left))


def put_intake(tx: LedgerTx, intake: Intake) -> None:
    """What came in besides readings."""
    if intake.rejects:
        tx.add_rejects(intake.rejects)
    if intake.statuses:
        tx.put_statuses(intake.statuses)
    if intake.events:
        tx.add_events(intake.events)


def _some(write: Callable[[list[T]], None], things: list[T]) -> None:
    if things:
        write(things)
