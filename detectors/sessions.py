"""Which patients are in a therapy session: from the events of its beginning and end, by their own time."""

from collections.abc import Callable, Iterable, Iterator

from vitals.intake import EventType, PatientEvent
from vitals.presence import SESSION
from vitals.times import HOUR

LONGEST = 2 * HOUR
"""A session that nobody ends is over after this, where the plan does not say otherwise."""
_REMEMBERED = 32
_NEVER = 2**62

_Event = tuple[int, bool]
"""When, ms, and whether it ended a session."""


class Sessions:
    """Sessions of all patients, whatever the order in which their events are learned.

    A start within a session changes nothing: who wants to go on for longer ends it and begins another.

    >>> sessions = Sessions()
    >>> sessions.learn([PatientEvent("p1", "pad", 1_000, 1_000, EventType.SESSION_START)])
    >>> sessions.on("p1", 1_000), sessions.on("p1", 999), sessions.on("p1", 1_000 + LONGEST)
    (True, False, False)
    """

    def __init__(self) -> None:
        self._events: dict[str, tuple[_Event, ...]] = {}
        self.running: frozenset[str] = frozenset()
        """Patients whose session was on when :meth:`turn` last looked."""
        self._looked, self._next = _NEVER, _NEVER

    def learn(self, events: Iterable[PatientEvent]) -> None:
        """Take events in; the same again, and all others, change nothing."""
        for event in events:
            if event.event in SESSION:
                mine = {*self._events.get(event.patient, ()), (event.time, event.event is EventType.SESSION_END)}
                self._events[event.patient] = tuple(sorted(mine)[-_REMEMBERED:])
                self.look_again()

    def look_again(self) -> None:
        """How long sessions may last has changed, or what is known of them."""
        self._looked, self._next = _NEVER, 0

    def on(self, patient: str, at: int, longest: int = LONGEST) -> bool:
        """Whether a session of the patient is on at ``at`` (ms UTC) when none lasts beyond ``longest``."""
        return any(start <= at < end for start, end in self._spans(patient, longest))

    def turn(self, now: int, longest: Callable[[str], int]) -> frozenset[str]:
        """The patients whose session has begun or ended since the last look; quick while nothing can have changed."""
        if self._looked <= now < self._next or (not self._events and not self.running):
            return frozenset()
        spans = {patient: list(self._spans(patient, longest(patient))) for patient in self._events}
        running = frozenset(p for p, found in spans.items() if any(start <= now < end for start, end in found))
        times = (time for found in spans.values() for span in found for time in span if time > now)
        self._looked, self._next = now, min(times, default=_NEVER)
        changed, self.running = running ^ self.running, running
        return changed

    def _spans(self, patient: str, longest: int) -> Iterator[tuple[int, int]]:
        began: int | None = None
        for time, ended in self._events.get(patient, ()):
            if began is not None and (ended or time >= began + longest):
                yield began, min(time, began + longest)
                began = None
            if began is None and not ended:
                began = time
        if began is not None:
            yield began, began + longest
