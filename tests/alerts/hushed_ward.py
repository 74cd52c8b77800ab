"""Silences over a ward, in short."""

from tests.alerts.fused_ward import Ward
from tests.alerts.house import NOON, told
from vitals.finding import FindingKey
from vitals.silence import Silence
from vitals.times import HOUR, MINUTE

SOS = FindingKey("event.sos", "p1", device="button")
FALL = FindingKey("event.fall", "p1", device="button")
RATE = FindingKey("rate_of_change.falling", "p1", "glucose")


def silenced(ward: Ward, minute: int = 0, hours: float = 2, **of: str) -> Silence:
    """Nobody is told of the patient, or of some of it, from that minute on."""
    now, reason = NOON + minute * MINUTE, "physiotherapy"
    return ward.desk.silencing.set("p1", until=now + round(hours * HOUR), reason=reason, by="ana", now=now, **of)


def tick(ward: Ward, minute: float) -> list[str]:
    """Who is told as the desk looks at what is due."""
    ward.last = ward.desk.tick(NOON + round(minute * MINUTE))
    return told(ward.last)
