"""Who lives and works in the scenes: two patients in London, an assistant, a nurse and a manager, each with a phone."""

from typing import Any

from vitals.times import parse_time

START = parse_time("2026-11-22T00:00:00Z")
LONDON = "Europe/London"


def at(text: str) -> int:
    """A time of 22 November 2026, UTC (``02:10`` or ``02:10:30``), or of any other day (``2026-03-29T00:58Z``)."""
    if "T" in text:
        return parse_time(text)
    return parse_time(f"2026-11-22T{text if text.count(':') == 2 else text + ':00'}Z")


def phone(name: str, **more: Any) -> dict[str, Any]:
    """A way to reach somebody; ``after``, ``private`` and ``min_severity`` as in an agency file."""
    return {"name": "phone", "url": f"console://{name}", **more}


def person(name: str, role: str, *, quiet: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Somebody with a phone, in London; ``quiet`` hours spare them everything but what is high."""
    hours = {"quiet_hours": {"start": quiet[0], "end": quiet[1]}} if quiet else {}
    known = {"id": name, "name": name.title(), "role": role, "timezone": LONDON, "channels": [phone(name)]}
    return {**known, **hours, **more}


def patient(name: str = "p1", called: str = "Patient One", *, plan: Any = None, **more: Any) -> dict[str, Any]:
    """Somebody at home, in London."""
    return {"id": name, "name": called, "timezone": LONDON, "plan": plan or {}, **more}


def nights(who: str) -> dict[str, Any]:
    """A shift from ten in the evening to six in the morning by London's clocks."""
    return {"caregiver": who, "start": "22:00", "end": "06:00", "timezone": LONDON}


DEVICES = [{"id": "oximeter", "type": "oximeter", "silent_after": "15m"}, {"id": "cuff", "type": "cuff"}]
ANA, NOOR, OLU = person("ana", "cna"), person("noor", "nurse"), person("olu", "operations_manager")
AGENCY: dict[str, Any] = {
    "id": "care",
    "patients": [patient(devices=DEVICES), patient("p2", "Patient Two")],
    "caregivers": [ANA, NOOR, OLU],
    "assignments": [{"patient": "p1", "caregiver": "ana"}, {"patient": "p2", "caregiver": "ana"}],
}


def agency(**changes: Any) -> dict[str, Any]:
    """The agency with some parts as the scene wants them; ana cares for whichever patients there are."""
    wanted = {**AGENCY, **changes}
    if "patients" in changes and "assignments" not in changes:
        wanted["assignments"] = [{"patient": one["id"], "caregiver": "ana"} for one in changes["patients"]]
    return wanted
