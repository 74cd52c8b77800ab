"""What this process has committed of late: enough to know what is new without asking the ledger.

Never the last word. What is wrong here, the ledger's unique indexes tell as it is written.
"""

from collections.abc import Iterable

from alerts.fusion import hold_off, is_sealed
from alerts.identity import alert_id
from vitals.alert import Alert, AlertState
from vitals.finding import Finding, FindingKey, Severity
from vitals.times import MINUTE

_SKEW = 10 * MINUTE
"""How far a device's clock may be behind ours."""
_REMEMBERED = 100_000
"""Alerts kept in mind; beyond, the ledger is asked again."""

_FOUND = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)

Slot = tuple[str, str]
"""(patient, episode): one live alert at a time takes what joins."""


class Memory:
    """Begun at ``now`` (ms UTC), with the alerts that have resolved not long before."""

    def __init__(self, now: int, resolved: Iterable[Alert] = ()) -> None:
        self.standing: dict[str, Alert] = {}
        self._started = now
        self._opened: set[str] = set()
        self._live: set[FindingKey] = set()
        self._slots: set[Slot] = set()
        self._over: dict[FindingKey, tuple[str, int]] = {}
        self.keep(resolved, now)

    def all_new(self, findings: Iterable[tuple[Finding, str]], now: int) -> bool:
        """Whether each finding, with its episode, begins something that nothing here has to do with."""
        seen: set[FindingKey] = set()
        for finding, episode in findings:
            key = finding.key
            if finding.severity is Severity.CLEAR or key in seen or key in self._live or self.resolved_of(key, now):
                return False
            if episode and (key.patient, episode) in self._slots:
                return False
            seen.add(key)
        return True

    def may_be_known(self, name: str, onset: int) -> bool:
        """Whether the condition of that name may be in the ledger. One that began well after we started, and that we
        have not written, is not.
        """
        return onset < self._started + _SKEW or name in self._opened

    def resolved_of(self, key: FindingKey, now: int) -> str | None:
        """The alert that this condition was the matter of, if it has resolved not too long ago to come back."""
        name, until = self._over.get(key, (None, now))
        return name if now <= until else None

    def keep(self, alerts: Iterable[Alert], now: int) -> None:
        """Remember alerts as they have been committed, in whatever order: of two that one condition was the matter of,
        it comes back to the one that was over last.
        """
        if len(self._opened) > _REMEMBERED:
            self._started = now
            for kept in (self.standing, self._opened, self._live, self._slots, self._over):
                kept.clear()
        for alert in sorted(alerts, key=lambda alert: alert.updated):
            before = self.standing.pop(alert.id, None)
            if before is not None:
                self._forget(before)
            if alert.state.live:
                self._stand(alert)
            self._remember(alert)

    def _stand(self, alert: Alert) -> None:
        self.standing[alert.id] = alert
        self._live.update(reason.key for reason in alert.reasons if reason.holds)
        self._live.add(alert.key)
        if alert.episode and not is_sealed(alert):
            self._slots.add((alert.key.patient, alert.episode))

    def _forget(self, before: Alert) -> None:
        self._live.difference_update(reason.key for reason in before.reasons)
        self._slots.discard((before.key.patient, before.episode))

    def _remember(self, alert: Alert) -> None:
        returnable = alert.state is AlertState.RESOLVED and bool(alert.episode)
        until = alert.updated + max(hold_off(alert.policy, severity) for severity in _FOUND) if returnable else 0
        for reason in alert.reasons:
            self._opened.add(alert_id(reason.key, reason.since))
            if returnable:
                self._over[reason.key] = (alert.id, until)
            else:
                self._over.pop(reason.key, None)
        self._opened.add(alert.id)
