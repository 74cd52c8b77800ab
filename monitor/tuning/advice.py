"""For a noisy rule of a patient: the smallest turn of its knob that halves it, and what that would have cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from monitor.tuning.burden import Pair, Told
from monitor.tuning.knobs import STEPS, Knob, knobs_for
from monitor.tuning.trial import Opening, Readings, lost, trial
from vitals.agency import Patient
from vitals.finding import Severity
from vitals.times import HOUR


@dataclass(frozen=True, slots=True)
class Advice:
    """What to paste (``patch``, a part of a care plan), how many alerts it leaves, and which it would have lost.

    ``why`` says why there is nothing to paste.
    """

    pair: Pair
    why: str = ""
    patch: dict[str, Any] | None = None
    before: int = 0
    after: int = 0
    high_lost: int = 0
    true_lost: int = 0

    def json(self) -> dict[str, Any]:
        """For machines."""
        found = {name: getattr(self, name) for name in ("why", "patch", "before", "after", "high_lost", "true_lost")}
        return {"rule": self.pair.rule, "patient": self.pair.patient, "signal": self.pair.signal, **found}

    def yaml(self) -> str:
        """The snippet to paste into the patient's plan, with what it would have cost as a comment."""
        cost = f"of {self.before} alerts {self.after} would be left; lost: {self.high_lost} of high severity"
        cost += f", {self.true_lost} that proved true" if self.true_lost else ""
        plan = {"id": self.pair.patient, "plan": self.patch}
        text = yaml.safe_dump([plan], sort_keys=False, allow_unicode=True)
        return f"# {self.pair.rule} {self.pair.signal}".rstrip() + f": {cost}\n{text}"


def advise(pair: Pair, told: Sequence[Told], readings: Readings | None, patient: Patient) -> Advice:
    """The knob that halves a noisy pair at the least cost, the gentlest of equals. ``told`` are the pair's alerts."""
    if readings is None or not len(readings.batch):
        return Advice(pair, "no readings of this patient are at hand: give --readings")
    knobs = knobs_for(pair)
    if not knobs:
        return Advice(
            pair, "nothing to turn: answer the cause (the device, the habit, or whether it is watched at all)"
        )
    tried = [_bisected(pair, told, _Trials(pair, knob, readings, patient)) for knob in knobs]
    return min(tried, key=lambda advice: (advice.patch is None, advice.high_lost + advice.true_lost))


@dataclass(slots=True)
class _Trials:
    pair: Pair
    knob: Knob
    readings: Readings
    patient: Patient

    def at(self, steps: int) -> list[Opening]:
        """What would have opened with the knob turned so far."""
        plan = (self.knob.turned(self.patient.plan, steps) if steps else None) or self.patient.plan
        signal = self.pair.signal if self.knob.side or self.knob.parameter in ("grace", self.pair.signal) else ""
        return trial(self.readings, self.patient, plan, detector=self.knob.detector, rule=self.pair.rule, signal=signal)


def _bisected(pair: Pair, told: Sequence[Told], trials: _Trials) -> Advice:
    before = trials.at(0)
    if not before:
        return Advice(pair, "its alerts do not come again from these readings alone: nothing to measure a change by")
    steps = _fewest(trials, len(before))
    if steps is None:
        return Advice(pair, f"no setting within {STEPS} steps halves it", before=len(before))
    after = trials.at(steps)
    gone = lost(before, after)
    return Advice(
        pair,
        patch=trials.knob.patch(trials.patient.plan, steps),
        before=len(before),
        after=len(after),
        high_lost=len(lost(_high(before), _high(after))),
        true_lost=sum(t.verdict == "true" and any(abs(o.opened - t.opened) <= HOUR for o in gone) for t in told),
    )


def _high(openings: Sequence[Opening]) -> list[Opening]:
    return [opening for opening in openings if opening.severity is Severity.HIGH]


def _fewest(trials: _Trials, before: int) -> int | None:
    """The fewest steps (by bisection) that leave at most half of ``before``; None where even the most do not."""
    low, high = 0, STEPS
    while high and trials.knob.turned(trials.patient.plan, high) is None:
        high -= 1
    if not high or 2 * len(trials.at(high)) > before:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if 2 * len(trials.at(middle)) <= before:
            high = middle
        else:
            low = middle
    return high
