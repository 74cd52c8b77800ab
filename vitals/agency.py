"""The agency: its patients with their plans and devices, its people, and who is where when."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from vitals.overrides import Override
from vitals.people import Assignment, Caregiver, Identifier, Shift, Strict, TimeZoneName
from vitals.plan import CarePlan, EscalationPolicy
from vitals.times import MINUTE, Duration


class DeviceType(StrEnum):
    """What a device is; it decides whether its values are given once (spot) or streamed."""

    OXIMETER = "oximeter"
    CUFF = "cuff"
    THERMOMETER = "thermometer"
    SCALE = "scale"
    GLUCOSE_METER = "glucose_meter"
    CGM = "cgm"
    WEARABLE = "wearable"
    HEART_STRAP = "heart_strap"
    GATEWAY = "gateway"
    BUTTON = "button"
    OTHER = "other"


SPOT = frozenset(
    {DeviceType.CUFF, DeviceType.SCALE, DeviceType.THERMOMETER, DeviceType.GLUCOSE_METER, DeviceType.BUTTON}
)
"""Devices used when somebody uses them: their silence is judged by what the plan orders, not by a heartbeat."""


class Device(Strict):
    """A device in a patient's home. ``address`` is its Bluetooth or hardware address where a gateway names it so.

    ``silent_after`` is how long a streaming device may be silent; None: it streams when used (spot devices).
    ``gateway``, where that is known, names the gateway it reaches us through: the id of its device, if it is listed.
    """

    id: Identifier
    type: DeviceType = DeviceType.OTHER
    address: str = ""
    silent_after: Duration | None = None
    gateway: Identifier | None = None

    @property
    def heartbeat(self) -> int | None:
        """Silence that is worth a technical alert, ms; None for spot devices."""
        if self.silent_after is not None or self.type in SPOT or self.type is DeviceType.OTHER:
            return self.silent_after
        return 15 * MINUTE


class Patient(Strict):
    """A person cared for at home. ``code`` is the short code that texts use instead of the name."""

    id: Identifier
    name: str = Field(min_length=1, max_length=120)
    code: str = Field(default="", max_length=8)
    timezone: TimeZoneName
    plan: CarePlan = CarePlan()
    devices: tuple[Device, ...] = ()

    @property
    def short_code(self) -> str:
        """What stands for the patient where no name may.

        >>> Patient(id="p-0017", name="A. B.", timezone="Europe/London").short_code
        '0017'
        """
        return self.code or self.id.rsplit("-", 1)[-1][:8].upper()


class Agency(Strict):
    """One agency file, whole: imported whole or refused whole."""

    id: Identifier
    patients: tuple[Patient, ...] = ()
    caregivers: tuple[Caregiver, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    shifts: tuple[Shift, ...] = ()
    overrides: tuple[Override, ...] = ()
    policies: dict[str, EscalationPolicy] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        faults = [*self._doubles(), *self._dangling()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _doubles(self) -> list[str]:
        faults = []
        for what, ids in (
            ("patient", [p.id for p in self.patients]),
            ("caregiver", [c.id for c in self.caregivers]),
            ("device", [f"{p.id}/{d.id}" for p in self.patients for d in p.devices]),
            ("device address", [d.address.lower() for p in self.patients for d in p.devices if d.address]),
        ):
            twice = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) != len(ids) else []
            faults += [f"{what} {i!r} stands twice" for i in twice]
        return faults

    def _dangling(self) -> list[str]:
        patients, people = {p.id for p in self.patients}, {c.id for c in self.caregivers}
        faults = []
        for i, a in enumerate(self.assignments):
            faults += [f"assignments[{i}].patient {a.patient!r} is not among the patients"] * (
                a.patient not in patients
            )
            faults += [f"assignments[{i}].caregiver {a.caregiver!r} is not among the caregivers"] * (
                a.caregiver not in people
            )
        for i, s in enumerate(self.shifts):
            faults += [f"shifts[{i}].caregiver {s.caregiver!r} is not among the caregivers"] * (
                s.caregiver not in people
            )
            faults += [f"shifts[{i}].patient {s.patient!r} is not among the patients"] * (
                s.patient is not None and s.patient not in patients
            )
        for i, o in enumerate(self.overrides):
            for field, value, known in (
                ("caregiver", o.caregiver, people),
                ("by", o.by, people),
                ("patient", o.patient, patients),
            ):
                where = "patients" if field == "patient" else "caregivers"
                faults += [f"overrides[{i}].{field} {value!r} is not among the {where}"] * (
                    value is not None and value not in known
                )
        for p in self.patients:
            name = p.plan.escalation
            faults += [f"patient {p.id!r}: escalation {name!r} is not among the policies"] * (
                name is not None and name not in self.policies
            )
        return faults

    def policy_for(self, patient: Patient) -> EscalationPolicy:
        """The patient's escalation policy: the named one, else ``default``, else the built-in default."""
        return self.policies.get(patient.plan.escalation or "default", EscalationPolicy())
