"""Which alert a finding is about: one that has it as a reason, one that it joins, one that it brings back, or none."""

from collections.abc import Iterable

from alerts.fusion import is_sealed, joinable, returns
from alerts.identity import alert_id
from alerts.memory import Memory, Slot
from alerts.ports import LedgerTx
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Severity

Placed = list[tuple[Finding, str]]
"""Findings, each with the episode it belongs to (empty: it stays alone)."""


class Standing:
    """The alerts that findings of one call may concern, kept as the call changes them.

    Without a transaction nothing stands but what the call itself opens.
    """

    def __init__(
        self, memory: Memory, tx: LedgerTx | None = None, findings: Iterable[tuple[Finding, str]] = ()
    ) -> None:
        self._memory, self._tx = memory, tx
        self._alerts: dict[str, Alert] = {}
        self._by_key: dict[FindingKey, str] = {}
        self._slots: dict[Slot, str] = {}
        if tx is not None:
            self._read(tx, list(findings))

    def of(self, finding: Finding, episode: str, now: int) -> Alert | None:
        """The alert this finding is about; None when it is something new."""
        holding = self._by_key.get(finding.key)
        if holding is not None:
            return self._alerts[holding]
        known = self._known(finding)
        if known is not None or finding.severity is Severity.CLEAR or not episode:
            return known
        standing = self.holder(finding, episode)
        if standing is not None and joinable(standing, now):
            return standing
        return self._back(finding, now)

    def holder(self, finding: Finding, episode: str) -> Alert | None:
        """The live alert that takes what joins that episode of the patient."""
        name = self._slots.get((finding.key.patient, episode))
        return None if name is None else self._alerts[name]

    def put(self, alert: Alert) -> None:
        """An alert as it stands now."""
        before = self._alerts.get(alert.id)
        if before is not None:
            self._drop(before)
        self._alerts[alert.id] = alert
        if alert.state.live:
            self._by_key.update({it.key: alert.id for it in alert.reasons if it.holds or alert.latched})
            if alert.episode and not is_sealed(alert):
                self._slots[alert.key.patient, alert.episode] = alert.id

    def _drop(self, before: Alert) -> None:
        for reason in before.reasons:
            if self._by_key.get(reason.key) == before.id:
                del self._by_key[reason.key]
        slot = (before.key.patient, before.episode)
        if self._slots.get(slot) == before.id:
            del self._slots[slot]

    def _read(self, tx: LedgerTx, findings: Placed) -> None:
        slots = {(finding.key.patient, episode) for finding, episode in findings if episode}
        for alert in tx.live_episodes(slots).values() if slots else ():
            self.put(alert)
        for alert in tx.live_alerts({f.key for f, _ in findings if f.key not in self._by_key}).values():
            self.put(alert)

    def _known(self, finding: Finding) -> Alert | None:
        """The alert in which this very condition was told before: then this is a replay, or it has grown worse."""
        name = alert_id(finding.key, finding.onset)
        if name in self._alerts:
            return self._alerts[name]
        if self._tx is None or not self._memory.may_be_known(name, finding.onset):
            return None
        alert = self._tx.alert(name)
        return None if alert is None else self._alerts.get(alert.id, alert)

    def _back(self, finding: Finding, now: int) -> Alert | None:
        """The alert that has resolved not long ago, and whose condition this is again."""
        name = self._memory.resolved_of(finding.key, now)
        alert = self._alerts.get(name) if name else None
        if alert is None and name and self._tx is not None:
            alert = self._tx.alert(name)
        return alert if alert is not None and not alert.state.live and returns(alert, finding, now) else None
