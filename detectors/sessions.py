"""Which patients are in a therapy session: from the events of its beginning and end, by their own time."""

from collections.abc import Iterable

from vitals.intake import EventType, PatientEvent
from vitals.presence import SESSION
from vitals.times import HOUR

LONGEST = 2 * HOUR
"""A session that nobody ends is over after this, where the plan does not say otherwise."""
_REMEMBERED = 32

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
        """Patients whose session was on when it was last looked."""

    def learn(self, events: Iterable[PatientEvent]) -> None:
        """Take events in; the same again, and all others, change nothing."""
        for event in events:
            if event.event in SESSION:
                mine = {*self._events.get(event.patient, ()), (event.time, event.event is EventType.SESSION_END)}
                self._events[event.patient] = tuple(sorted(mine)[-_REMEMBERED:])

    def patients(self) -> list[str]:
        """Those of whom any session is known."""
        return list(self._events)

    def on(self, patient: str, at: int, longest: int = LONGEST) -> bool:
        """Whether a session of the patient is on at ``at`` (ms UTC) when none lasts beyond ``longest``."""
        began: int | None = None
        for time, ended in self._events.get(patient, ()):
            if time > at:
                break
            if ended:
                began = None
            elif began is None or time >= began + longest:
                began = time
        return began is not None and at < began + longest
