"""Which devices stand in whose home, and the care plan that goes with them."""

from collections.abc import Iterable
from typing import Final

from simulators.devices import Model, button, cgm, cuff, glucose_meter, hub, oximeter, scale, thermometer, wearable
from simulators.traits import Traits
from vitals.agency import Device, Patient
from vitals.plan import CarePlan, Limits, Ordered
from vitals.times import DAY, HOUR

KITS: Final = ("hub", "home", "mixed")
"""``hub``: one hub each. ``home``: single devices as people have them. ``mixed``: a hub and a button, or single
devices, in turn."""

_OXYGEN: Final = Limits(alert_low=84, warning_low=87, on_delay=60_000, hysteresis=1)
_BREATH: Final = Limits(alert_low=8, warning_low=10, warning_high=25, alert_high=30, hysteresis=1)


class Kit:
    """Chooses each patient's models; every model appears once, so that equal devices are grouped."""

    def __init__(self, kind: str, interval: int) -> None:
        if kind not in KITS:
            raise ValueError(f"kit {kind!r} is none: one of {', '.join(KITS)}")
        self._kind = kind
        self.models: Final[tuple[Model, ...]] = (
            hub(interval),
            oximeter(max(interval // 2, 1)),
            wearable(interval),
            cgm(),
            cuff(),
            thermometer(),
            scale(),
            glucose_meter(),
            button(),
        )
        self._named = {model.name: model for model in self.models}

    def of(self, patient: int, traits: Traits, extra: Iterable[str] = ()) -> tuple[Model, ...]:
        """The models in the home of patient row ``patient``, and ``extra`` ones by name."""
        names = self._names(patient, bool(traits.diabetes[patient]), bool(traits.heart_failure[patient]))
        try:
            return tuple(self._named[name] for name in dict.fromkeys((*names, *extra)))
        except KeyError as unknown:
            raise ValueError(
                f"device {unknown} of patient {patient} is none: one of {', '.join(self._named)}"
            ) from None

    def _names(self, patient: int, diabetes: bool, failing: bool) -> tuple[str, ...]:  # noqa: FBT001 (facts of a patient)
        if self._kind == "hub":
            return ("hub",)
        sugar = ("cgm",) if patient % 4 < 2 else ("glucose-meter",)
        if self._kind == "mixed" and patient % 2 == 0:
            return ("hub", "button", *(("scale",) if failing else ()), *(sugar if diabetes else ()))
        base = ("oximeter", "wearable", "cuff", "thermometer", "scale", "button")
        return (*base, *(sugar if diabetes else ()))


def patient_of(row: int, traits: Traits, zone: str, models: tuple[Model, ...]) -> Patient:
    """The patient's entry in an agency file."""
    devices = tuple(Device(id=device_id(m), type=m.type, silent_after=m.patience) for m in models)
    return Patient(
        id=patient_id(row),
        name=f"Patient {row:05d}",
        code=f"{row:05d}",
        timezone=zone,
        plan=_plan(copd=bool(traits.copd[row]), models=models),
        devices=devices,
    )


def patient_id(row: int) -> str:
    """The identifier of a patient row.

    >>> patient_id(7)
    'p-00007'
    """
    return f"p-{row:05d}"


def device_id(model: Model) -> str:
    """Homes here have one of each."""
    return f"{model.name}-1"


def _plan(*, copd: bool, models: tuple[Model, ...]) -> CarePlan:
    """Known hypercapnic patients are on NEWS2 scale 2 with a target of 88–92 % (RCP 2017)."""
    used = {model.name for model in models}
    ordered = []
    if "cuff" in used:
        ordered.append(Ordered(signal="systolic_bp", every=DAY, grace=12 * HOUR))
    if "scale" in used:
        ordered.append(Ordered(signal="weight", every=DAY, grace=12 * HOUR))
    limits = {**({"spo2": _OXYGEN, "respiration_rate": _BREATH} if copd else {})}
    return CarePlan(limits=limits, ordered=tuple(ordered), news2_scale=2 if copd else 1)
