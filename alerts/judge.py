"""Findings of one call, judged one after the other beside the alerts that stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.events import Found
from alerts.fusion import episode_of, is_sealed, sealed
from alerts.lifecycle import transition
from alerts.oldness import is_old
from alerts.rounds import Rounds
from alerts.standing import Placed, Standing
from vitals.alert import Alert
from vitals.finding import Finding
from vitals.intake import Intake


def placed(findings: Sequence[Finding], now: int, late: int) -> Placed:
    """The findings with the episode of each, the most severe first where no two are of one condition: then the rest
    joins what it opens, and people are told once. Old news stays alone, and disturbs nobody.
    """
    several = len(findings) > 1 and len({finding.key for finding in findings}) == len(findings)
    ordered = sorted(findings, key=lambda finding: -finding.severity) if several else findings
    return [(finding, "" if is_old(finding, now, late) else episode_of(finding)) for finding in ordered]


@dataclass(frozen=True, slots=True)
class Judge:
    """Puts on the docket of ``rounds`` what each finding makes of ``standing`` at ``now`` (ms UTC)."""

    standing: Standing
    rounds: Rounds
    intake: Intake
    now: int

    def judge(self, findings: Placed) -> None:
        """One finding after the other: each sees what those before it have made."""
        for finding, episode in findings:
            self._judge(finding, episode)
        self.rounds.catch_up(self.now)

    def _judge(self, finding: Finding, episode: str) -> None:
        alert = self.standing.of(finding, episode, self.now)
        found = Found(finding, self.rounds.roster.policy(finding.key.patient), episode)
        change = transition(alert, found, self.now)
        if change is None:
            return
        self._make_room(change[0], finding)
        after = self.rounds.enter(alert, change, finding, self.now, received(self.intake, finding, self.now))
        if after is not None:
            self.standing.put(after)

    def _make_room(self, alert: Alert, finding: Finding) -> None:
        """An alert that is to take what joins its episode, where an older one did: nothing joins that any more."""
        if not alert.state.live or not alert.episode or is_sealed(alert):
            return
        older = self.standing.holder(finding, alert.episode)
        if older is not None and older.id != alert.id:
            self.rounds.docket.keep(sealed(older))
            self.standing.put(sealed(older))


def received(intake: Intake, finding: Finding, now: int) -> int:
    """When the reading or event that showed the finding was received, ms UTC; from there latency is counted."""
    batch = intake.batch
    times = batch.received[batch.time == finding.time] if len(batch) else np.empty(0, np.int64)
    if times.size:
        return int(times.max())
    events = [e.received for e in intake.events if e.time == finding.time and e.patient == finding.key.patient]
    return max(events, default=now)
