"""How long it took from a device publishing a reading until the first notice about it was handed over."""

from statistics import quantiles
from typing import Final, Protocol

from vitals.alert import Alert, Delivery, DeliveryState, Transition
from vitals.finding import Kind
from vitals.times import SECOND

_DIRECT: Final = 1 * SECOND
"""Real ms: a reading taken longer than this before it came was kept back by its device; it counts from reception."""


class Ledger(Protocol):
    """What is asked of the ledger."""

    def alert(self, alert_id: str) -> Alert | None: ...
    def transitions(
        self, alert_id: str | None = None, since: int | None = None, limit: int | None = None
    ) -> list[Transition]: ...
    def deliveries(
        self, alert_id: str | None = None, state: DeliveryState | None = None, limit: int | None = 1_000
    ) -> list[Delivery]: ...


class Latencies:
    """Real milliseconds of each first notice about a patient, on a clock that runs ``speed`` times as fast.

    The simulator publishes a reading when it is taken, so the reading's own time is when it was published. Notices of
    time-outs, of escalation and about devices are no answer to a reading and have none.
    """

    def __init__(self, ledger: Ledger, speed: float) -> None:
        self._ledger, self._speed = ledger, speed
        self._of: dict[str, float | None] = {}
        self._seen: dict[str, int | None] = {}

    def look(self, limit: int | None = 100) -> list[Delivery]:
        """Take in the notices handed over meanwhile; returns the newest, newest first."""
        sent = self._ledger.deliveries(state=DeliveryState.SENT, limit=limit)
        for delivery in sent:
            if delivery.key not in self._of:
                self._of[delivery.key] = self._latency(delivery)
        return sent

    def of(self, delivery: Delivery) -> float | None:
        """Of one notice, ms."""
        return self._of.get(delivery.key)

    @property
    def values(self) -> list[float]:
        return [value for value in self._of.values() if value is not None]

    def _latency(self, delivery: Delivery) -> float | None:
        if delivery.seq != 1 or delivery.attempts > 1 or not delivery.triggered or delivery.sent_at is None:
            return None
        if delivery.alert not in self._seen:
            self._seen[delivery.alert] = self._taken(delivery.alert)
        seen = self._seen[delivery.alert]
        if seen is None:
            return None
        direct = 0 <= delivery.triggered - seen <= _DIRECT * self._speed
        return (delivery.sent_at - (seen if direct else delivery.triggered)) / self._speed

    def _taken(self, alert_id: str) -> int | None:
        """When the reading that opened the alert was taken; None for an alert that is not about the patient."""
        alert = self._ledger.alert(alert_id)
        if alert is None or alert.kind is not Kind.PHYSIOLOGICAL:
            return None
        opening = self._ledger.transitions(alert_id, limit=1)
        return int(opening[0].evidence.get("seen", 0)) if opening else 0


def percentile(values: list[float], percent: int) -> float | None:
    """In whole hundredths; None of nothing.

    >>> percentile([1.0, 2.0, 4.0], 50), percentile([3.14159], 99), percentile([], 50)
    (2.0, 3.14, None)
    """
    if len(values) < 2:
        return round(values[0], 2) if values else None
    return round(quantiles(values, n=100, method="inclusive")[percent - 1], 2)
