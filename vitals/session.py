"""Therapy sessions: what a therapist allows the heart rate while a patient exercises, and for how long at most."""

from typing import Any, Final, Self

from pydantic import Field, model_validator

from vitals.people import Strict
from vitals.times import HOUR, Duration

SESSION_CEILING: Final = {"heart_rate": 180.0}
"""No session raises an alarm limit above this. 180/min is the age-predicted maximum at 40 (208 - 0.7 x age: Tanaka et
al., J Am Coll Cardiol 2001); patients at home are older. That no plan goes beyond it is our rule."""


class SessionLimits(Strict):
    """The high limits during a session. There are no low ones: a session never widens them.

    >>> SessionLimits(warning_high=130, alert_high=150).alert_high
    150.0
    """

    warning_high: float | None = None
    alert_high: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _never_low(cls, value: Any) -> Any:
        low = [name for name in ("alert_low", "warning_low") if isinstance(value, dict) and name in value]
        if low:
            raise ValueError(f"{low[0]} holds in a session as it does at rest: leave it out")
        return value


class Session(Strict):
    """Limits in force from SESSION_START to SESSION_END, for ``longest`` at most: then a session ends by itself."""

    heart_rate: SessionLimits
    longest: Duration = Field(default=2 * HOUR, gt=0, le=4 * HOUR)

    @model_validator(mode="after")
    def _under_the_ceiling(self) -> Self:
        ceiling = SESSION_CEILING["heart_rate"]
        for name in ("warning_high", "alert_high"):
            value = getattr(self.heart_rate, name)
            if value is not None and value > ceiling:
                raise ValueError(f"session heart_rate {name} {value:g} is above {ceiling:g}: no session goes beyond it")
        return self


def session_faults(session: Session, rest: Any) -> list[str]:
    """Where session limits do not widen those at rest (vitals.plan.Limits, or None), each with its remedy."""
    if rest is None:
        return ["the plan has no heart_rate limits that a session could widen: leave session out"]
    faults = []
    for name in ("warning_high", "alert_high"):
        value, usual = getattr(session.heart_rate, name), getattr(rest, name)
        if value is not None and (usual is None or value < usual):
            shown = "none" if usual is None else f"{usual:g}"
            faults.append(
                f"session heart_rate {name} {value:g} does not widen the one at rest, {shown}: "
                "a session may only raise high limits"
            )
    warning, alert = (getattr(session.heart_rate, n) or getattr(rest, n) for n in ("warning_high", "alert_high"))
    if warning is not None and alert is not None and warning > alert:
        faults.append(f"session heart_rate warning_high {warning:g} is above alert_high {alert:g}: swap or raise them")
    return faults
