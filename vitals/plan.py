"""The care plan: what is normal for this patient, what must be measured, and how alerts climb."""

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from vitals.finding import Severity
from vitals.people import Identifier, Role, Strict
from vitals.session import Session, session_faults
from vitals.signals import BY_NAME
from vitals.times import HOUR, MINUTE, SECOND, Duration


class Limits(Strict):
    """Four bands of one signal, in its unit: outside warning is abnormal, outside alert is dangerous.

    A streamed value must stay outside for ``on_delay``; one given once (``repeat``) must be confirmed by a second
    reading before it pages at high. ``hysteresis`` is how far inside the limit a value must come to clear.
    ``inclusive``: a value that reaches a limit is outside too.

    >>> Limits(alert_low=88, warning_low=92, on_delay="60s").on_delay
    60000
    """

    alert_low: float | None = None
    warning_low: float | None = None
    warning_high: float | None = None
    alert_high: float | None = None
    on_delay: Duration = Field(default=2 * MINUTE, ge=0)
    hysteresis: float = Field(default=0.0, ge=0)
    repeat: bool = False
    inclusive: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        named = ("alert_low", "warning_low", "warning_high", "alert_high")
        given = [(name, getattr(self, name)) for name in named if getattr(self, name) is not None]
        for (left, low), (right, high) in zip(given, given[1:], strict=False):
            if low > high or (low == high and left != "alert_low" and right != "alert_high"):
                raise ValueError(f"{left} {low:g} must lie below {right} {high:g}")
        return self


_A_CUFFS: dict[str, Any] = {"on_delay": 0, "repeat": True, "inclusive": True}
DEFAULT_LIMITS: dict[str, Limits] = {
    "heart_rate": Limits(alert_low=40, warning_low=50, warning_high=110, alert_high=130, hysteresis=2),
    "spo2": Limits(alert_low=88, warning_low=92, on_delay=60 * SECOND, hysteresis=1),
    "respiration_rate": Limits(alert_low=8, warning_low=10, warning_high=22, alert_high=28, hysteresis=1),
    "temperature": Limits(
        alert_low=35.0, warning_low=35.5, warning_high=38.0, alert_high=39.0, on_delay=10 * MINUTE, hysteresis=0.2
    ),
    "systolic_bp": Limits(alert_low=90, warning_low=100, warning_high=160, alert_high=180, hysteresis=3, **_A_CUFFS),
    "diastolic_bp": Limits(alert_low=50, warning_low=55, warning_high=100, alert_high=110, hysteresis=2, **_A_CUFFS),
    "glucose": Limits(
        alert_low=54, warning_low=70, warning_high=250, alert_high=300, on_delay=15 * MINUTE, hysteresis=5
    ),
}
"""Defaults an adult's plan starts from; each can be overridden per patient. Weight is judged by its trend.

A pressure that reaches its limit is outside: at 160/100 and 180/110 hypertension of grade 2 and grade 3 begins (ESC/ESH
guidelines 2018), and a systolic pressure of 90 scores three points in NEWS2."""


class Ordered(Strict):
    """A measurement the plan orders: at least one reading of ``signal`` in every ``every``, plus ``grace``."""

    signal: str
    every: Duration = Field(gt=0)
    grace: Duration = Field(default=30 * MINUTE, ge=0)

    @field_validator("signal")
    @classmethod
    def _known(cls, signal: str) -> str:
        if signal not in BY_NAME:
            raise ValueError(f"{signal!r} is no signal: one of {', '.join(BY_NAME)}")
        return signal


class Step(Strict):
    """One rung of an escalation: ``after`` this long unanswered, tell these roles."""

    after: Duration = Field(ge=0)
    roles: tuple[Role, ...] = Field(min_length=1)


_CARE = (Role.CNA, Role.HMA)
DEFAULT_STEPS: dict[str, tuple[Step, ...]] = {
    "high": (
        Step(after=0, roles=_CARE),
        Step(after="3m", roles=(Role.LIVE_IN, *_CARE)),
        Step(after="5m", roles=(Role.NURSE,)),
        Step(after="10m", roles=(Role.OPERATIONS_MANAGER,)),
    ),
    "medium": (
        Step(after=0, roles=_CARE),
        Step(after="15m", roles=(Role.LIVE_IN, Role.NURSE)),
        Step(after="45m", roles=(Role.OPERATIONS_MANAGER,)),
    ),
    "low": (Step(after=0, roles=_CARE),),
    "technical": (
        Step(after=0, roles=(Role.DEVICE_SUPPORT, *_CARE)),
        Step(after="30m", roles=(Role.OPERATIONS_MANAGER,)),
    ),
}


class BySeverity(Strict):
    """A duration for each severity."""

    high: Duration = Field(ge=0)
    medium: Duration = Field(ge=0)
    low: Duration = Field(ge=0)


class EscalationPolicy(Strict):
    """Who is told when, by severity, and for technical alerts; frozen into an alert as it opens.

    A finding joins a live alert about the same kind of event until ``join_within`` after the last that did. What comes
    back within ``hold_off`` of its end continues its alert, and is told at most once every ``again_every``. What is low
    waits for the next handover, unless it asks for a measurement now or ``low_at_once``.
    """

    high: tuple[Step, ...] = DEFAULT_STEPS["high"]
    medium: tuple[Step, ...] = DEFAULT_STEPS["medium"]
    low: tuple[Step, ...] = DEFAULT_STEPS["low"]
    technical: tuple[Step, ...] = DEFAULT_STEPS["technical"]
    low_at_once: bool = False
    repeat_every: Duration = Field(default=10 * MINUTE, gt=0)
    follow_up: Duration = Field(default=30 * MINUTE, gt=0)
    join_within: Duration = Field(default=4 * HOUR, ge=0)
    hold_off: BySeverity = BySeverity(high=15 * MINUTE, medium=30 * MINUTE, low=HOUR)
    again_every: BySeverity = BySeverity(high=10 * MINUTE, medium=30 * MINUTE, low=4 * HOUR)


class Pause(Strict):
    """Monitoring is paused (a stay in hospital, a holiday) between two times, ISO 8601 with zone."""

    start: str
    end: str
    reason: str = ""


class CarePlan(Strict):
    """What is ordered for one patient. ``limits`` overrides the adult defaults signal by signal.

    ``news2_scale`` 2 only on a clinician's order (hypercapnic respiratory failure). ``parameters`` holds
    per-detector overrides: ``{"early_warning": {"max_age": "12h"}}``.
    """

    limits: dict[str, Limits | None] = Field(default_factory=dict)
    ordered: tuple[Ordered, ...] = ()
    news2_scale: int = Field(default=1, ge=1, le=2)
    on_oxygen: bool = False
    escalation: Identifier | None = None
    pauses: tuple[Pause, ...] = ()
    silent_after: Duration | None = Field(default=None, description="a patient with no reading at all for this long")
    parameters: dict[str, dict[str, float | str | bool]] = Field(default_factory=dict)
    session: Session | None = Field(default=None, description="wider heart rate limits during therapy sessions")

    @field_validator("limits")
    @classmethod
    def _signals(cls, limits: dict[str, Limits | None]) -> dict[str, Limits | None]:
        unknown = [name for name in limits if name not in BY_NAME]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no signal: one of {', '.join(BY_NAME)}")
        return limits

    @model_validator(mode="after")
    def _session_widens(self) -> Self:
        faults = session_faults(self.session, self.limits_for("heart_rate")) if self.session else []
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def limits_for(self, signal: str) -> Limits | None:
        """The limits in force: the plan's, or the default; None where the plan says null or there is no default.

        >>> CarePlan().limits_for("spo2").alert_low
        88.0
        """
        return self.limits[signal] if signal in self.limits else DEFAULT_LIMITS.get(signal)

    def in_session(self) -> Self:
        """The plan while a therapy session is on: high heart rate limits as the therapist set them, all else the same.

        >>> plan = CarePlan.model_validate({"session": {"heart_rate": {"warning_high": 125, "alert_high": 145}}})
        >>> plan.in_session().limits_for("heart_rate").alert_high, plan.in_session().limits_for("heart_rate").alert_low
        (145.0, 40.0)
        """
        rest = self.limits_for("heart_rate")
        if self.session is None or rest is None:
            return self
        wider = rest.model_copy(update=self.session.heart_rate.model_dump(exclude_none=True))
        return self.model_copy(update={"limits": {**self.limits, "heart_rate": wider}})


def severity_steps(policy: EscalationPolicy, severity: Severity) -> tuple[Step, ...]:
    """The steps of a physiological alert of that severity."""
    steps: tuple[Step, ...] = getattr(policy, severity.word)
    return steps
