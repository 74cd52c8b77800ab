"""All outages of a ward: the broker's and its gateways'. What they find, and whose silence they account for."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from detectors.behind import Member, Together, judge
from detectors.columns import NEVER, Bools, Index, Ints
from detectors.covered import patience, unhidden
from detectors.devices import About
from detectors.expected import ALWAYS, Expected
from detectors.gateways import GATEWAY_OUT, Group, groups
from detectors.outage import FLOOR, OUTAGE, Link, Patience
from vitals.agency import Patient
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.intake import BROKER, DeviceStatus


class Sight(NamedTuple):
    """What a sweep looks at: what is expected, when each was heard last, which devices have said that they are gone,
    and whose monitoring is paused.
    """

    expected: Expected
    last: Ints
    away: dict[About, int]
    paused: Callable[[str], bool]
    now: int


class Outages:
    """Judged before anything else at each sweep. ``hides``: for how long, ms, an outage hides what is late by it."""

    def __init__(self, broker: Patience, together: Together, hides: int) -> None:
        self._link, self._together = Link(broker), together
        self._settle, self._hides = max(FLOOR, broker.settle), hides
        self._groups: dict[FindingKey, tuple[Group, Index]] = {}
        self._of: dict[About, list[FindingKey]] = {}
        self._members: Index = np.zeros((2, 0), np.int64)
        """Numbers of expectations, and of which group each is a member."""
        self._out: dict[FindingKey, int] = {}
        self._seen: dict[FindingKey, tuple[Any, ...]] = {}
        """What each group was last judged by: the same again has the same answer."""
        self._back: dict[FindingKey, int] = {}

    def plan(self, patients: Iterable[Patient], expected: Expected) -> None:
        """Know who is behind which gateway."""
        self._groups, self._of, self._seen, pairs = {}, {}, {}, list[tuple[int, int]]()
        for place, group in enumerate(groups(patients)):
            found = [(who, n) for who in group.members if (n := expected.number.get((who[0], "", who[1]))) is not None]
            self._groups[group.key] = (group, np.array([n for _, n in found], np.int64))
            pairs += [(n, place) for _, n in found]
            for who, _ in found:
                self._of.setdefault(who, []).append(group.key)
        self._members = np.array(pairs, np.int64).reshape(-1, 2).T

    def recall(self, alert: Alert) -> bool:
        """Know what was told, if it is an outage."""
        if alert.key.rule == OUTAGE:
            self._link.recall(alert)
        elif alert.key.rule == GATEWAY_OUT:
            self._out[alert.key] = alert.onset
        return alert.key.rule in (OUTAGE, GATEWAY_OUT)

    def ended(self, key: FindingKey, time: int) -> None:
        """Know that it was over at ``time``: of what has just come back not everything has been heard."""
        if key.rule == OUTAGE:
            self._link.ended(time)
        elif key.rule == GATEWAY_OUT:
            self._back[key] = max(time, self._back.get(key, time))

    def take(self, status: DeviceStatus) -> bool:
        """Take a status in, if it is the broker's."""
        mine = (status.patient, status.device) == ("", BROKER)
        if mine:
            self._link.take(status)
        return mine

    def heard(self) -> None:
        """Something fresh has arrived."""
        self._link.heard()

    def sweep(self, sight: Sight) -> tuple[list[Finding], Bools]:
        """What has changed, and bool[n]: of which expectations the silence is accounted for."""
        expected, now = sight.expected, sight.now
        held = self._link.holds(expected.wait, now)
        found = self._link.judge(now) + self._forgotten(now)
        for key, looks in self._suspects(sight).items():
            group, numbers = self._groups[key]
            if held[numbers].any():
                continue
            if self._seen.get(key) != looks:
                self._seen[key] = looks
                found += self._judge(group, sight, held)
            elif key in self._out:
                held[numbers] = True
        for key in list(self._back):
            self._settling(key, expected, held, now)
        if held.any():
            base = np.where(sight.last == NEVER, expected.since, sight.last)
            held &= ~unhidden(base, expected.wait, expected.who, expected.device, now=now, hides=self._hides)
        return found, held

    def unlisted(self, now: int) -> bool:
        """Whether even the silence of a device that nobody listed is accounted for."""
        return bool(self._link.holds(patience(np.array([ALWAYS])), now)[0])

    def _suspects(self, sight: Sight) -> dict[FindingKey, tuple[Any, ...]]:
        """The groups in which something is missed, or was; and how they look, as far as that can change the answer: who
        is silent, and since when, for another silence of the same device is another question.
        """
        numbers, places = self._members
        last = sight.last[numbers]
        silent = (sight.now - last > sight.expected.wait[numbers]) & (last != NEVER)
        looks = np.zeros((3, len(self._groups)))
        looks[0] = np.bincount(places[silent], minlength=len(self._groups))
        looks[1] = np.bincount(places[silent], weights=numbers[silent] + 1.0, minlength=len(self._groups))
        looks[2] = np.bincount(places[silent], weights=last[silent], minlength=len(self._groups))
        keys = list(self._groups) if silent.any() else []
        found: dict[FindingKey, tuple[Any, ...]] = {
            keys[place]: (*looks[:, place].tolist(),) for place in np.flatnonzero(looks[0]).tolist()
        }
        gone = dict.fromkeys(key for about in sight.away for key in self._of.get(about, ()))
        found |= {key: (*found.get(key, ()), *self._gone(key, sight)) for key in gone}
        found |= {key: () for key in self._out if key not in found}
        return {key: (*how, sight.paused(key.patient)) for key, how in found.items()}

    def _gone(self, key: FindingKey, sight: Sight) -> tuple[int, ...]:
        """Who has said to be away since when, whether for long, and when the group was last heard."""
        group, numbers = self._groups[key]
        since = [sight.away.get(about, 0) for about in group.members]
        long = sum(sight.now - time > self._together.grace for time in since)
        return (*since, long, int(sight.last[numbers].max()), int(sight.last[numbers].min()))

    def _judge(self, group: Group, sight: Sight, held: Bools) -> list[Finding]:
        """One group; ``held`` gains its members while it is out, or may be."""
        since, now = self._out.get(group.key), sight.now
        verdict = judge(group, _known(group, sight), self._together, now, since)
        if verdict.may_be:
            del self._seen[group.key]
        if verdict.since is not None or verdict.may_be:
            held[self._groups[group.key][1]] = True
        if verdict.since is not None and since is None:
            self._out[group.key] = verdict.since
            return [Finding(group.key, Kind.TECHNICAL, Severity.MEDIUM, now, verdict.since, verdict.evidence)]
        if verdict.since is None and since is not None:
            self._back[group.key] = now
            del self._out[group.key]
            return [Finding(group.key, Kind.TECHNICAL, Severity.CLEAR, now, since, {"lasted": now - since})]
        return []

    def _settling(self, key: FindingKey, expected: Expected, held: Bools, now: int) -> None:
        """After a gateway's return each device has its own wait, within bounds, to be heard again."""
        lasted = now - self._back[key]
        if key in self._out or key not in self._groups or lasted >= self._settle:
            del self._back[key]
            return
        numbers = self._groups[key][1]
        held[numbers] |= lasted < np.clip(patience(expected.wait[numbers]), FLOOR, self._settle)

    def _forgotten(self, now: int) -> list[Finding]:
        """What was told of gateways behind which there is nobody any more."""
        because = {"because": "no longer expected"}
        lost = [(key, self._out.pop(key)) for key in list(self._out) if key not in self._groups]
        return [Finding(key, Kind.TECHNICAL, Severity.CLEAR, now, since, because) for key, since in lost]


def _known(group: Group, sight: Sight) -> dict[About, Member]:
    known = {}
    for about in group.members:
        number = sight.expected.number.get((about[0], "", about[1]))
        if number is not None and not sight.paused(about[0]):
            last, wait = int(sight.last[number]), int(sight.expected.wait[number])
            silent = last != NEVER and sight.now - last > wait
            known[about] = Member(last, sight.away.get(about), silent, wait < ALWAYS, last + wait)
    return known
