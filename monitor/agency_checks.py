"""What an agency file's parts must agree on, checked on the raw values so that one fault does not hide another."""

import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from monitor.faults import Loc
from vitals.signals import BY_NAME, Signal
from vitals.times import parse_time

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BANDS = ("alert_low", "warning_low", "warning_high", "alert_high")


class Finding(NamedTuple):
    """One thing wrong: where it stands, what, and the remedy."""

    loc: Loc
    problem: str
    remedy: str


def check(file: dict[str, Any]) -> Iterator[Finding]:
    """Every disagreement of a file's parts; values of the wrong type are left to the model."""
    patients, people = list(_items(file, "patients")), list(_items(file, "caregivers"))
    yield from _doubles(patients, people)
    yield from _references(file, _texts(patients, "id"), _texts(people, "id"))
    for loc, patient in patients:
        yield from _plan((*loc, "plan"), patient.get("plan"), file.get("policies"))
    for loc, assignment in _items(file, "assignments"):
        yield from _dates(loc, assignment, "start", "end")
    for loc, shift in _items(file, "shifts"):
        yield from _dates(loc, shift, "first_day")
    for loc, override in _items(file, "overrides"):
        yield from _dates(loc, override, "day")


def _items(parent: Any, name: str, loc: Loc = ()) -> Iterator[tuple[Loc, dict[str, Any]]]:
    entries = parent.get(name) if isinstance(parent, dict) else None
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield (*loc, name, place), entry


def _texts(items: Iterable[tuple[Loc, dict[str, Any]]], field: str) -> list[str]:
    return [entry[field] for _, entry in items if isinstance(entry.get(field), str)]


def _doubles(patients: list[tuple[Loc, dict[str, Any]]], people: list[tuple[Loc, dict[str, Any]]]) -> Iterator[Finding]:
    devices = [(at, list(_items(patient, "devices", at))) for at, patient in patients]
    yield from _twice(patients, "id")
    yield from _twice(people, "id")
    yield from _same_code(patients)
    for _, own in devices:
        yield from _twice(own, "id")
    yield from _twice([item for _, own in devices for item in own], "address", fold=True)
    for at, person in people:
        yield from _twice(list(_items(person, "channels", at)), "name")


def _twice(items: list[tuple[Loc, dict[str, Any]]], field: str, *, fold: bool = False) -> Iterator[Finding]:
    seen: set[str] = set()
    for loc, entry in items:
        value = entry.get(field)
        if isinstance(value, str) and value:
            key = value.lower() if fold else value
            if key in seen:
                yield Finding((*loc, field), f"{value!r} stands twice", f"give each its own {field}")
            seen.add(key)


def _same_code(patients: list[tuple[Loc, dict[str, Any]]]) -> Iterator[Finding]:
    """Texts name a patient by code alone: two with the same would be taken for each other."""
    seen: dict[str, str] = {}
    for loc, patient in patients:
        id_, code = patient.get("id"), patient.get("code") or ""
        if isinstance(id_, str) and isinstance(code, str):
            short = code or id_.rsplit("-", 1)[-1][:8].upper()
            if seen.setdefault(short, id_) != id_:
                field = "code" if code else "id"
                problem = f"{short!r} is also the short code of patient {seen[short]!r}"
                yield Finding((*loc, field), problem, "give one of them a code of its own")


def _references(file: dict[str, Any], patients: list[str], people: list[str]) -> Iterator[Finding]:
    known = {field: (set(people), "caregivers") for field in ("caregiver", "by")}
    known["patient"] = set(patients), "patients"
    for part in ("assignments", "shifts", "overrides"):
        for loc, entry in _items(file, part):
            for field, (ids, where) in known.items():
                value = entry.get(field)
                if isinstance(value, str) and value not in ids:
                    yield _unknown((*loc, field), value, ids, where)


def _unknown(loc: Loc, value: str, known: Iterable[str], where: str) -> Finding:
    near = difflib.get_close_matches(value, sorted(known), n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(list(known)[:12]) or 'none'}"
    return Finding(loc, f"{value!r} is not among the {where}", remedy)


def _plan(loc: Loc, plan: Any, policies: Any) -> Iterator[Finding]:
    if not isinstance(plan, dict):
        return
    named = plan.get("escalation")
    known = policies if isinstance(policies, dict) else {}
    if isinstance(named, str) and named not in known:
        yield _unknown((*loc, "escalation"), named, known, "policies")
    limits = plan.get("limits")
    for signal, bands in limits.items() if isinstance(limits, dict) else ():
        if signal in BY_NAME:
            yield from _plausible((*loc, "limits", signal), BY_NAME[signal], bands)
        else:
            yield _unknown((*loc, "limits", signal), signal, BY_NAME, "signals")
    for at, pause in _items(plan, "pauses", loc):
        yield from _pause(at, pause)


def _plausible(loc: Loc, signal: Signal, bands: Any) -> Iterator[Finding]:
    """A limit that no accepted reading can reach never alarms: most often it is in another unit."""
    for name in _BANDS if isinstance(bands, dict) else ():
        try:
            value = float(bands.get(name, "nan"))
        except (TypeError, ValueError):
            continue
        if value < signal.low or value > signal.high:
            problem = (
                f"{value:g} lies outside what {signal.name} can be, {signal.low:g} to {signal.high:g} {signal.unit}"
            )
            yield Finding((*loc, name), problem, f"give it in {signal.unit}")


def _pause(loc: Loc, pause: dict[str, Any]) -> Iterator[Finding]:
    times: list[int] = []
    for field in ("start", "end"):
        value = pause.get(field)
        if isinstance(value, str):
            try:
                times.append(parse_time(value))
            except ValueError:
                yield Finding((*loc, field), f"{value!r} is no time with a zone", "write 2026-12-24T08:00:00+01:00")
    if len(times) == 2 and times[0] >= times[1]:
        yield Finding((*loc, "end"), f"{pause['end']!r} is not after the start", "swap the two")


def _dates(loc: Loc, entry: dict[str, Any], *fields: str) -> Iterator[Finding]:
    days: list[date] = []
    for field in fields:
        value = entry.get(field)
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                days.append(date.fromisoformat(value))
            except ValueError:
                yield Finding((*loc, field), f"{value!r} is no day of the calendar", "write YYYY-MM-DD")
    if len(days) == 2 and days[0] > days[1]:
        yield Finding((*loc, "end"), f"{entry['end']!r} is before the start", "swap the two")
