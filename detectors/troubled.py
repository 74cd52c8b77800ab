"""Devices whose readings are in doubt: their spells of poor quality, and what is told of them."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from detectors.artefacts import WEIGHT, Reason
from detectors.columns import NEVER
from detectors.lulls import Rows
from detectors.moments import Calm, Moment, moments
from detectors.spells import Spell
from detectors.ward import Ward
from vitals.agency import SPOT
from vitals.alert import Alert
from vitals.finding import Finding, FindingKey, Kind, Severity
from vitals.signals import SIGNALS

if TYPE_CHECKING:
    from detectors.quality import SignalQuality

_PERSON: Final = "quality.person"
About = tuple[str, str]
"""(patient, device)."""


class Troubled:
    """By device: one spell for each cause."""

    def __init__(self, detector: "SignalQuality", ward: Ward) -> None:
        self._detector, self._ward = detector, ward
        self._spells: dict[About, dict[Reason, Spell]] = {}
        self._spot: set[About] = set()
        self._over: dict[tuple[About, Reason], int] = {}

    def use(self) -> None:
        """Which devices are used now and then may have changed."""
        patients = self._ward.patients.values()
        self._spot = {(p.id, d.id) for p in patients for d in p.devices if d.type in SPOT}

    def recall(self, alert: Alert) -> None:
        """Know what was told."""
        reason = _reason(alert.key)
        spell = Spell(reason, alert.onset, alert.onset, bad=1, level=int(alert.severity))
        self._spells.setdefault((alert.key.patient, alert.key.device), {})[reason] = spell

    def ended(self, key: FindingKey, time: int) -> None:
        """Know that people were told at ``time`` that it is over."""
        self._over[(key.patient, key.device), _reason(key)] = time

    def begin_anew(self) -> dict[tuple[About, Reason], Spell]:
        """Forget the spells, and return them: those that were told, to be ``reconciled`` with what the past says."""
        told = {(about, why): spell for about, of in self._spells.items() for why, spell in of.items()}
        self._spells.clear()
        return told

    def reconciled(self, told: Mapping[tuple[About, Reason], Spell]) -> list[Finding]:
        """What was told holds until a reading ends it; what was over before we stopped is nobody's news."""
        for (about, why), spell in told.items():
            known = self._spells.setdefault(about, {}).setdefault(why, spell)
            known.first, known.level = spell.first, max(known.level, spell.level)
        for (about, why), time in self._over.items():
            ended = self._spells.get(about, {}).get(why)
            if ended is not None and (about, why) not in told and ended.last <= time:
                ended.level = 0
        now = [(about, spell) for about, of in self._spells.items() for spell in of.values() if spell.level]
        return [self._finding(about, spell, spell.last) for about, spell in now if (about, spell.why) not in told]

    @property
    def any(self) -> bool:
        """Whether a device is in a spell."""
        return bool(self._spells)

    def devices(self) -> list[About]:
        """Those in a spell."""
        return list(self._spells)

    def watched(self, about: About) -> set[int] | None:
        """Codes of the series whose readings may end a spell of the device; None: of all it has."""
        spells = self._spells.get(about, {}).values()
        return {code for spell in spells for code in spell.series} if all(spell.series for spell in spells) else None

    def ends(self, about: About) -> int:
        """Before this no good reading ends a spell of the device."""
        spells = self._spells.get(about, {}).values()
        if about in self._spot or not spells or any(spell.why is Reason.PERSON for spell in spells):
            return NEVER
        return min(spell.last for spell in spells) + self._plan(about).clear_delay

    def take(self, about: About, rows: Rows) -> list[Finding]:
        """What readings of the device, each once, tell; in the order of time."""
        found: list[Finding] = []
        spells = self._spells.setdefault(about, {})
        for each in moments(rows):
            if isinstance(each, Calm):
                found += self._calm(about, spells, each) if spells else []
            else:
                found += self._moment(about, spells, each)
        if not spells:
            del self._spells[about]
        return found

    def _moment(self, about: About, spells: dict[Reason, Spell], now: Moment) -> list[Finding]:
        plan, spot = self._plan(about), about in self._spot
        found: list[Finding] = []
        for why, readings in now.bad.items():
            spell = spells.setdefault(why, Spell(why, now.time, now.time))
            spell.worse(now.time, readings)
            level = spell.due(plan, spot=spot)
            if level > spell.level:
                spell.level = level
                found.append(self._finding(about, spell, now.time))
        for why, spell in list(spells.items()):
            if why not in now.bad and now.good and (not spell.series or now.good & spell.series.keys()):
                found += self._better(about, spells, spell, [now.time])
        return found

    def _calm(self, about: About, spells: dict[Reason, Spell], calm: Calm) -> list[Finding]:
        found: list[Finding] = []
        for spell in list(spells.values()):
            found += self._better(about, spells, spell, calm.times(set(spell.series)))
        return sorted(found, key=lambda finding: finding.time)

    def _better(self, about: About, spells: dict[Reason, Spell], spell: Spell, times: list[int]) -> list[Finding]:
        """Good moments of what a spell concerns, until one ends it."""
        plan, spot = self._plan(about), about in self._spot
        end = bisect_left(times, True, key=lambda time: spell.over(time, plan, spot=spot))
        spell.good += min(end + 1, len(times))
        if end == len(times):
            return []
        told, spell.level = spell.level, 0
        del spells[spell.why]
        return [self._finding(about, spell, times[end])] if told else []

    def _plan(self, about: About) -> "SignalQuality":
        return self._ward.tuned(self._detector, self._ward.plan(about[0]))

    def _finding(self, about: About, spell: Spell, time: int) -> Finding:
        rule, signal = f"quality.{spell.why.name.lower()}", ""
        names = sorted({SIGNALS[self._ward.series.keys[code].signal].name for code in spell.series})
        evidence = {"signals": names, "artefacts": spell.bad, "since": spell.first, "last": spell.last}
        if rule == _PERSON:
            signal = SIGNALS[WEIGHT].name
            evidence = {"value": next(iter(spell.series.values()), None), "unit": SIGNALS[WEIGHT].unit, "ask": "repeat"}
        key = FindingKey(rule, about[0], signal, about[1])
        return Finding(key, Kind.TECHNICAL, Severity(spell.level), time, spell.first, evidence)


def _reason(key: FindingKey) -> Reason:
    return Reason[key.rule.partition(".")[2].upper()]
