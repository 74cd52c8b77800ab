"""Clock events win over the plan: who clocked in is on duty, who clocked out is not, until the event is forgotten.

An event counts from its own time, however late it arrived, for ``limit``: then whoever clocked in has surely forgotten
to clock out, and whoever clocked out before a long duty's end has come back without saying so: the plan holds again.
Clocking out ends the duties that had begun by then; those that begin later are as planned. It does not end the duty of
a nurse, an operations manager or device support by hours that name no patient: who leaves a home is still on call.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from alerts.duty import ALWAYS, Duty, Why
from alerts.overrides import Duties, Off
from vitals.intake import EventType, PatientEvent
from vitals.presence import CLOCK, caregiver_of
from vitals.times import HOUR, iso, show_duration

FORGOTTEN = 16 * HOUR
"""Longer than a double shift of eight hours; ours."""
_REMEMBERED = 32
"""Events kept of one person at one patient."""


class Clocking(NamedTuple):
    """Somebody clocked in, or ``out``, at ``time`` (ms UTC); at the same moment out comes last."""

    time: int
    out: bool


Clockings = Mapping[str, tuple[Clocking, ...]]
"""Of one patient, by caregiver, in the order of their times. Never changed, only replaced: threads see one of them."""
_NONE: Clockings = MappingProxyType({})


class Presences:
    """The clock events of all patients, as data for the roster.

    >>> from vitals.presence import clocked
    >>> presences = Presences([clocked("p1", "ana", 1_000)])
    >>> presences.of("p1")["ana"]
    (Clocking(time=1000, out=False),)
    """

    def __init__(self, events: Iterable[PatientEvent] = (), *, limit: int = FORGOTTEN) -> None:
        self.limit = limit
        self._of: dict[str, Clockings] = {}
        self.learn(events)

    def learn(self, events: Iterable[PatientEvent]) -> list[PatientEvent]:
        """Take events in, in any order; what is known already changes nothing. Returns those that were new."""
        new = []
        for event in events:
            who = caregiver_of(event)
            if event.event in CLOCK and who:
                known = self._of.get(event.patient, _NONE)
                clocking = Clocking(event.time, event.event is EventType.CLOCK_OUT)
                mine = tuple(sorted({*known.get(who, ()), clocking})[-_REMEMBERED:])
                if mine != known.get(who):
                    self._of[event.patient] = {**known, who: mine}
                    new.append(event)
        return new

    def of(self, patient: str) -> Clockings:
        """The clock events of a patient."""
        return self._of.get(patient, _NONE)


def leavers(events: Iterable[PatientEvent]) -> list[PatientEvent]:
    """Only the events of those who last clocked out: who is there now says nothing of the coming days."""
    newest_of: dict[tuple[str, str], PatientEvent] = {}
    kept = list(events)
    for event in sorted(kept, key=lambda event: event.time):
        newest_of[event.patient, caregiver_of(event)] = event
    out = {pair for pair, event in newest_of.items() if event.event is EventType.CLOCK_OUT}
    return [event for event in kept if (event.patient, caregiver_of(event)) in out]


def look(clockings: Clockings, duties: Duties, off: Off, now: int, limit: int) -> int:
    """Let clock events change who is on duty at ``now``; returns until when that holds at least."""
    until = ALWAYS[1]
    for who, events in clockings.items():
        last, following = newest(events, now)
        until = until if following is None else min(until, following.time)
        if last is None or now - last.time >= limit:
            continue
        until = min(until, last.time + limit)
        duty = duties.get(who)
        if not last.out:
            off.pop(who, None)
            duties[who] = _present(who, duty, last.time, limit)
        elif duty is not None and not duty.wide and duty.start <= last.time:
            del duties[who]
            off[who] = Why.CLOCKED_OUT, f"at {iso(last.time)}"
    return until


def newest(events: tuple[Clocking, ...], now: int) -> tuple[Clocking | None, Clocking | None]:
    """The last event by ``now``, and the one that follows."""
    following = None
    for event in reversed(events):
        if event.time <= now:
            return event, following
        following = event
    return None, following


def forgotten(events: tuple[Clocking, ...], now: int, limit: int) -> str:
    """What is said of a clock-in that nobody ended; empty when there is none."""
    last, _ = newest(events, now)
    if last is None or last.out or now - last.time < limit:
        return ""
    return f"the clock-in of {iso(last.time)} was forgotten after {show_duration(limit)} without a clock-out"


def _present(who: str, duty: Duty | None, since: int, limit: int) -> Duty:
    if duty is None:
        return Duty(who, since, since + limit, Why.CLOCKED_IN, f"at {iso(since)}")
    note = f"{duty.note}; clocked in at {iso(since)}" if duty.note else f"clocked in at {iso(since)}"
    return duty._replace(end=max(duty.end, since + limit), note=note)
