"""What people and reports read of the ledger."""

from collections.abc import Collection

from store.ledger import history
from store.ledger.part import Part
from vitals.alert import Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.intake import DeviceStatus, Reject, RejectReason


class PeoplePart(Part):
    """Alerts, their histories, notices and tries, rejects, devices and counts."""

    def alerts(
        self,
        state: AlertState | Collection[AlertState] | None = None,
        patient: str | None = None,
        limit: int | None = 1_000,
        since: int | None = None,
    ) -> list[Alert]:
        """Alerts that opened at ``since`` (ms) or later, newest first; of one state, of several, or all."""
        states = (state,) if isinstance(state, AlertState) else state
        return self._database.read(lambda c: history.read_alerts(c, states, patient, limit, since))

    def alert(self, alert_id: str) -> Alert | None:
        """One alert as it stands."""
        return self._database.read(lambda c: history.read_alert(c, alert_id))

    def transitions(
        self, alert_id: str | None = None, since: int | None = None, limit: int | None = None
    ) -> list[Transition]:
        """The history of one alert or of all, in the order it happened."""
        return self._database.read(lambda c: history.read_transitions(c, alert_id, since, limit))

    def deliveries(
        self, alert_id: str | None = None, state: DeliveryState | None = None, limit: int | None = 1_000
    ) -> list[Delivery]:
        """Notices, newest first."""
        return self._database.read(lambda c: history.read_deliveries(c, alert_id, state, limit))

    def attempts(self, key: str | None = None, limit: int | None = 1_000) -> list[history.Tried]:
        """Tries of one delivery or of all, newest first."""
        return self._database.read(lambda c: history.read_attempts(c, key, limit))

    def rejects(
        self, limit: int | None = 1_000, since: int | None = None, reason: RejectReason | None = None
    ) -> list[Reject]:
        """What was refused, newest first."""
        return self._database.read(lambda c: history.read_rejects(c, limit, since, reason))

    def devices(self) -> list[DeviceStatus]:
        """Each device's newest status."""
        return self._database.read(history.read_devices)

    def counts(self) -> dict[str, dict[str, int]]:
        """``{"alerts": by state, "deliveries": by state, "rejects": by reason}``."""
        return self._database.snapshot(history.read_counts)
