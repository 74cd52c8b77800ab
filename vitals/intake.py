"""What comes in from outside: messages, and what decoding makes of them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from vitals.batch import Batch

BROKER: Final = "mqtt-broker"
"""The device, of no patient, whose status says whether we hear the MQTT broker."""


class Message(NamedTuple):
    """One MQTT publication as it arrived. ``received`` is ms UTC; ``token`` is the transport's own handle
    for acknowledging it (None where nothing is to be acknowledged).
    """

    topic: str
    payload: bytes
    received: int
    retained: bool = False
    token: Any = None


class RejectReason(StrEnum):
    """Why something was refused. The text says it to a person; the name is stable for machines."""

    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_PATIENT = "unknown_patient"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_SIGNAL = "unknown_signal"
    UNKNOWN_UNIT = "unknown_unit"
    OVERSIZE = "oversize"
    MALFORMED = "malformed"
    NOT_A_READING = "not_a_reading"
    IMPLAUSIBLE = "implausible"
    BAD_TIME = "bad_time"
    MISMATCH = "mismatch"
    NOT_THIS_PATIENT = "not_this_patient"


@dataclass(frozen=True, slots=True)
class Reject:
    """Something refused, kept with its reason so that nothing is lost. ``detail`` names field, value and remedy."""

    received: int
    topic: str
    payload: bytes
    reason: RejectReason
    detail: str
    patient: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device's own word on itself (or its last will). ``battery`` is a fraction 0..1, None when unsaid."""

    patient: str
    device: str
    time: int
    received: int
    online: bool
    battery: float | None = None
    retained: bool = False


class EventType(StrEnum):
    """Things that happen at home and are no measurement."""

    SOS = "sos"
    FALL = "fall"
    CLOCK_IN = "clock_in"
    CLOCK_OUT = "clock_out"
    MEDICATION_TAKEN = "medication_taken"
    MEDICATION_MISSED = "medication_missed"
    SESSION_START = "session_start"
    SESSION_END = "session_end"
    DRILL = "drill"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class PatientEvent:
    """Something that happened to or around a patient; ``detail`` is the rest of the payload.

    ``stale`` says that it is a replayed, retained or late message, about which nobody is paged.
    """

    patient: str
    device: str
    time: int
    received: int
    event: EventType
    detail: dict[str, Any] = field(default_factory=dict)
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that one lot of messages held."""

    batch: Batch
    statuses: tuple[DeviceStatus, ...] = ()
    events: tuple[PatientEvent, ...] = ()
    rejects: tuple[Reject, ...] = ()
