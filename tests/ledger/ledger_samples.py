"""Alerts, transitions, deliveries and an agency to write and read back."""

from dataclasses import dataclass
from typing import Any

from vitals.agency import Agency
from vitals.alert import Alert, AlertState, Delivery, DeliveryState, Transition
from vitals.finding import FindingKey, Kind, Severity


@dataclass(frozen=True)
class Try:
    key: str
    time: int
    ok: bool
    result: str
    retry_at: int | None = None


def alert(number: int = 1, state: AlertState = AlertState.OPEN, **fields: Any) -> Alert:
    key = fields.pop("key", FindingKey("limit.low", f"p{number}", "spo2", "oximeter-1"))
    defaults = {"onset": 1_000, "opened": 2_000, "updated": 2_000, "seq": 1, "evidence": {"value": 86.0}}
    return Alert(f"a{number}", key, Kind.PHYSIOLOGICAL, Severity.HIGH, state, **{**defaults, **fields})


def transition(of: Alert, seq: int = 1, **fields: Any) -> Transition:
    return Transition(of.id, seq, fields.pop("time", of.opened), of.state, of.severity, "finding", **fields)


def delivery(of: Alert, to: str = "ana", **fields: Any) -> Delivery:
    defaults = {"due": of.opened, "created": of.opened, "channel": "phone", "seq": of.seq}
    return Delivery(f"{of.id}/{of.seq}/{to}", of.id, recipient=to, **{**defaults, **fields})


def leased(of: Alert, to: str = "ana", until: int = 9_000) -> Delivery:
    return delivery(of, to, state=DeliveryState.LEASED, lease_until=until, leased_by="desk")


def agency(**changes: Any) -> Agency:
    return Agency.model_validate(
        {
            "id": "north",
            "patients": [
                {
                    "id": "p2",
                    "name": "Patient two",
                    "timezone": "Europe/London",
                    "plan": {
                        "limits": {"spo2": {"alert_low": 85, "on_delay": "90s"}, "weight": None},
                        "ordered": [{"signal": "weight", "every": "1d"}],
                        "escalation": "calm",
                        "parameters": {"early_warning": {"max_age": "12h", "weight": 1.5, "on": True}},
                    },
                    "devices": [
                        {"id": "oximeter-1", "type": "oximeter", "address": "A4:C1:38:00:00:01", "silent_after": 250},
                        {"id": "cuff-1", "type": "cuff"},
                    ],
                },
                {"id": "p1", "name": "Patient one", "code": "ONE", "timezone": "America/New_York"},
            ],
            "caregivers": [
                {
                    "id": "ana",
                    "name": "On-duty CNA",
                    "role": "cna",
                    "timezone": "Europe/London",
                    "channels": [
                        {"name": "phone", "url": "ntfy://secret-topic", "min_severity": "medium", "private": True},
                        {"name": "desk", "url": "json://localhost:8080/"},
                    ],
                    "quiet_hours": {"start": "22:00", "end": "06:00"},
                },
            ],
            "assignments": [{"patient": "p2", "caregiver": "ana", "start": "2026-01-01"}],
            "shifts": [{"caregiver": "ana", "start": "22:00", "end": "06:00", "timezone": "Europe/London"}],
            "policies": {"calm": {"follow_up": "1h"}},
            **changes,
        }
    )
