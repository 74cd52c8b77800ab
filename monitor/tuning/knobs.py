"""What can be turned for a rule: a limit of the plan, or a detector's parameter, one step at a time."""

from dataclasses import dataclass, fields
from typing import Any, Final

from detectors.base import Detector
from detectors.parameters import tuned
from detectors.registry import DEFAULT
from monitor.tuning.burden import Pair
from vitals.plan import CarePlan, Limits
from vitals.signals import BY_NAME
from vitals.times import HOUR, show_duration

STEPS: Final = 32
"""A knob is turned at most so many steps."""
_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "early_warning": ("single", "medium"),
    "deterioration": ("medium",),
    "glucose_pattern": ("most",),
    "night_desaturation": ("most",),
}
"""Thresholds of the detectors that have one for all signals. Those with one a signal name it after the signal."""
_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing to turn: a limit's ``side``, or a detector's ``parameter`` (``grace``: of what the plan orders)."""

    detector: Detector
    signal: str = ""
    side: str = ""
    warning_only: bool = False
    parameter: str = ""

    def turned(self, plan: CarePlan, steps: int) -> CarePlan | None:
        """The plan with the knob so many steps further towards fewer alerts."""
        patch = self.patch(plan, steps)
        if patch is None:
            return None
        limits = {signal: Limits(**values) for signal, values in patch.get("limits", {}).items()}
        parameters = {k: {**plan.parameters.get(k, {}), **v} for k, v in patch.get("parameters", {}).items()}
        ordered = patch.get("ordered")
        update: dict[str, Any] = {
            "limits": {**plan.limits, **limits}, "parameters": {**plan.parameters, **parameters},
        }  # fmt: skip
        if ordered:
            update["ordered"] = CarePlan(ordered=ordered).ordered
        return plan.model_copy(update=update)

    def patch(self, plan: CarePlan, steps: int) -> dict[str, Any] | None:
        """The part of a care plan that says so, as YAML has it; None where it can be turned no further."""
        if self.side:
            return self._limits(plan, steps)
        if self.parameter == "grace":
            return {"ordered": [self._ordered(each, steps) for each in plan.ordered]}
        now = getattr(tuned(self.detector, plan.parameters.get(self.detector.name, {})), self.parameter)
        if self.parameter == "single":  # the level of a single 3: it can only be left out
            return {"parameters": {self.detector.name: {"single": 0}}} if now and steps == 1 else None
        moved: float = now + steps if isinstance(now, int) else round(now * (1 + _SHARE * steps), 4)
        values = {self.parameter: moved}
        high = getattr(self.detector, "high", None)
        if self.parameter == "medium" and high is not None and high < moved:
            values["high"] = moved
        if hasattr(self.detector, "single"):  # what is too much already must not stay for a single 3
            values["single"] = 0
        return {"parameters": {self.detector.name: values}}

    def _limits(self, plan: CarePlan, steps: int) -> dict[str, Any] | None:
        """The side's warning band, or both, moved outwards by steps of what the signal is shown in."""
        limits, signal = plan.limits_for(self.signal), BY_NAME[self.signal]
        if limits is None:
            return None
        by = steps * 10.0**-signal.decimals * (1 if self.side == "high" else -1)
        values = limits.model_dump(mode="json", exclude_none=True)
        warning, alert = f"warning_{self.side}", f"alert_{self.side}"
        for name in (warning,) if self.warning_only else (warning, alert):
            if name in values:
                values[name] = round(values[name] + by, signal.decimals + 1)
                if not signal.low <= values[name] <= signal.high:
                    return None
        if self.warning_only and (warning not in values or _beyond(values, warning, alert, by)):
            return None
        return {"limits": {self.signal: values}}

    def _ordered(self, ordered: Any, steps: int) -> dict[str, Any]:
        more = steps * HOUR if not self.signal or ordered.signal == self.signal else 0
        found = {"signal": ordered.signal, "every": show_duration(ordered.every)}
        return {**found, "grace": show_duration(ordered.grace + more)}


def knobs_for(pair: Pair) -> tuple[Knob, ...]:
    """What to turn for a rule of a patient, the gentlest first; none for a fall, a button, a device that is silent."""
    name, _, variant = pair.rule.partition(".")
    detector = next((d for d in DEFAULT if d.name == name), None)
    signal = pair.signal
    if detector is None:
        return ()
    if name == "limit":
        sides = (Knob(detector, signal, variant, warning_only=gentle) for gentle in (True, False))
        return tuple(sides) if signal in BY_NAME else ()
    if name == "gap":
        return (Knob(detector, signal, parameter="grace"),) if variant == "missed" else ()
    has = {f.name for f in fields(detector)}  # type: ignore[arg-type]  # every detector is a dataclass
    parameters = (signal,) if signal in has else _PARAMETERS.get(name, ())
    return tuple(Knob(detector, signal, parameter=parameter) for parameter in parameters if parameter in has)


def _beyond(values: dict[str, Any], warning: str, alert: str, by: float) -> bool:
    """Whether the warning limit has been moved past the alert limit."""
    return alert in values and (values[warning] - values[alert]) * by > 0
