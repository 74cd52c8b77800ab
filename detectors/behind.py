"""Devices that fall silent together because their gateway did: decided anew at each sweep, from what was heard when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from detectors.columns import NEVER
from detectors.devices import About
from detectors.gateways import Group
from vitals.times import MINUTE

_ABREAST: Final = 5 * MINUTE
"""Devices last heard this close together may have fallen silent together: how often each one speaks is not known."""


class Member(NamedTuple):
    """What is known of one device: ``last`` heard (NEVER: not yet), ``away`` since (None: it has not said so), whether
    it is ``silent`` by its own heartbeat, whether it is ``judged`` at all, and when it is ``due``: silent from then on.
    """

    last: int
    away: int | None
    silent: bool
    judged: bool
    due: int = 0

    @property
    def begun(self) -> int | None:
        """Since when nothing is heard of it; None while it is not missed."""
        if self.away is not None:
            return self.away
        return self.last if self.silent else None


class Together(NamedTuple):
    """At least ``least`` devices and half of those that were alive, within ``window`` ms; a last will counts after
    ``grace`` ms.
    """

    least: int = 3
    window: int = 15 * MINUTE
    grace: int = 2 * MINUTE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a group: since when it is out (None: it is not), and whether it may be about to be."""

    since: int | None = None
    may_be: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)


def judge(group: Group, known: Mapping[About, Member], rule: Together, now: int, since: int | None) -> Verdict:
    """Whether the gateway of a group is out at ``now`` (ms UTC); ``since`` when it was found to be, if it was.

    >>> from vitals.finding import FindingKey
    >>> group = Group(FindingKey("outage.gateway", "p1", "", "home"), (("p1", "a"), ("p1", "b"), ("p1", "c")))
    >>> silent = {about: Member(last, None, True, True) for about, last in zip(group.members, (0, 60_000, 90_000))}
    >>> judge(group, silent, Together(), 20 * MINUTE, None).evidence
    {'devices': 3, 'patients': 1}
    >>> silent["p1", "c"] = Member(19 * MINUTE, None, False, True)
    >>> judge(group, silent, Together(), 20 * MINUTE, None)
    Verdict(since=None, may_be=False, evidence={})
    """
    members = {about: known[about] for about in group.members if about in known}
    will = _gone(group, members, rule, now)
    begun = {about: b for about, m in members.items() if (b := m.begun) is not None and m.last != NEVER}
    if will is None and not begun:
        return Verdict()
    newest = max(begun.values(), default=now)
    earliest = min(since, newest) if since is not None else newest
    fell = {about: b for about, b in begun.items() if b >= earliest - rule.window}
    alive = [
        a for a, m in members.items() if (m.judged or a in fell) and m.last != NEVER and (a in fell or a not in begun)
    ]
    told = [b for about, b in fell.items() if members[about].silent or now - b > rule.grace]
    if will is not None or _enough(len(told), len(alive), rule):
        began = since if since is not None else will if will is not None else min(told)
        return Verdict(began, evidence=_evidence(group, group.members if will is not None else fell))
    quiet = sum(about in fell or _may_fall(members[about], newest, rule) for about in alive)
    return Verdict(may_be=_enough(quiet, len(alive), rule) and now - newest <= 2 * rule.window)


def _may_fall(member: Member, newest: int, rule: Together) -> bool:
    """Whether it may yet be found to have fallen silent with the others, while that is waited for: nobody's silence is
    held back for a scale that was last used yesterday, or is missed tomorrow at the earliest.
    """
    abreast = newest - rule.window <= member.last <= newest + _ABREAST
    return abreast and member.due <= newest + _ABREAST + 2 * rule.window


def _enough(count: int, alive: int, rule: Together) -> bool:
    return count >= rule.least and 2 * count >= alive


def _gone(group: Group, members: Mapping[About, Member], rule: Together, now: int) -> int | None:
    """Since when the gateway's own last will says that it is gone, unless devices have been heard through it since."""
    since = [members[g].away for g in group.gateways if g in members]
    times = [time for time in since if time is not None]
    if not times or len(times) < len(since) or now - min(times) <= rule.grace:
        return None
    others = [m.last for about, m in members.items() if about not in group.gateways and m.judged and m.last != NEVER]
    heard = max(others, default=NEVER) if group.named else min(others, default=NEVER)
    return None if heard > max(times) else min(times)


def _evidence(group: Group, out: Collection[About]) -> dict[str, Any]:
    """How many devices of how many patients; the gateway itself is none of them, unless there is no other."""
    own = [about for about in out if about not in group.gateways] or list(out)
    return {"devices": len(own), "patients": len({patient for patient, _ in own})}
