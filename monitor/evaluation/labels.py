"""What truly happened: an onset for each patient who has one, or stretches of time with what ought to notice them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from monitor.evaluation.observed import Observed
from monitor.evaluation.spans import Bools, Ints
from vitals.errors import BadDataError

NO_ONSET: Final = -(1 << 62)


@dataclass(frozen=True, slots=True, eq=False)
class OnsetLabels:
    """At most one event a patient: (patient, onset in ms or None). A patient without onset is negative.

    ``observed`` is who was recorded from when to when, where the labels' source says so.
    """

    title: str
    onsets: dict[str, int | None]
    observed: Observed | None = None

    def onset_of(self, observed: Observed) -> Ints:
        """int64[patients], NO_ONSET for negatives; BadDataError when a labelled patient was not observed."""
        known = set(observed.names)
        unknown = sorted(name for name in self.onsets if name not in known)
        if unknown:
            raise _unknown(unknown)
        unsaid = next((name for name in observed.names if name not in self.onsets), None)
        if unsaid is not None:
            raise BadDataError(
                f"labels: patient {unsaid!r} is not in them: give each a row, onset empty if there was none"
            )
        onsets = (self.onsets.get(name) for name in observed.names)
        return np.array([NO_ONSET if onset is None else onset for onset in onsets], np.int64)


@dataclass(frozen=True, slots=True)
class Event:
    """One stretch ``[start, end)`` ms of a patient, of a ``kind``.

    ``expected`` pairs a rule's prefix with a signal, either of them empty for any: an alert that fits one of the pairs
    matches. ``technical``: about equipment, as its alerts are. ``full``: when it had fully set in, ms. ``claimed``:
    detectors are claimed to notice it; what is not claimed stands in its own row all the same. ``least``: the severity
    that an alert must have to match.
    """

    patient: str
    kind: str
    start: int
    end: int
    expected: tuple[tuple[str, str], ...] = (("", ""),)
    technical: bool = False
    full: int | None = None
    claimed: bool = True
    least: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class EventLabels:
    """Any number of events a patient. ``before`` and ``after``, ms: how far outside an event a matching alert still
    counts for it. ``other``: labels that name no signal of ours, by kind, counted and left out.
    """

    title: str
    events: tuple[Event, ...]
    before: int = 0
    after: int = 0
    other: tuple[tuple[str, int], ...] = ()
    per_day: bool = False
    """Events are whole days: counted as labelled days."""

    def seen_in(self, observed: Observed) -> "EventLabels":
        """Without labels of people who measured nothing, where labels are by day: they are counted in ``other``.

        Nothing is left out if nobody labelled was observed: then the files are of two recordings.
        """
        seen = set(observed.names)
        kept = tuple(event for event in self.events if event.patient in seen)
        left = len(self.events) - len(kept)
        if not self.per_day or not kept or not left:
            return self
        return replace(self, events=kept, other=(*self.other, ("of people without readings", left)))

    def rows(self, observed: Observed) -> Ints:
        """The row number of each event's patient; BadDataError when one was not observed."""
        numbers = {name: i for i, name in enumerate(observed.names)}
        unknown = sorted({event.patient for event in self.events} - set(numbers))
        if unknown:
            raise _unknown(unknown)
        return np.array([numbers[event.patient] for event in self.events], np.int64)

    def kinds(self) -> tuple[str, ...]:
        """Each kind once, in order of name."""
        return tuple(sorted({event.kind for event in self.events}))

    def of_kind(self, kind: str) -> Bools:
        """Which events are of it."""
        return np.array([event.kind == kind for event in self.events], bool)


Labels = OnsetLabels | EventLabels


def _unknown(names: Sequence[str]) -> BadDataError:
    return BadDataError(
        f"labels: patient {names[0]!r} has no reading ({len(names)} have none): labels and readings must be of one "
        "recording, with equal patient ids"
    )
