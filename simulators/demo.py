"""What a demonstration shows: every episode that present detectors see, and devices failing, within the hour."""

from collections.abc import Iterator
from typing import Final

from simulators.engine import Placed
from simulators.episodes import AtrialFibrillation, CopdExacerbation, Episode, Fall, Hypoglycaemia, Sepsis
from simulators.episodes.base import quick
from simulators.faults import Backlog, BatteryDrain, Duplicate, ProbeOff, Silence
from simulators.fleet import Broken, Fleet, FleetSpec
from vitals.times import HOUR, MINUTE, SECOND

ROUND: Final = 2 * HOUR
"""A longer demonstration repeats the programme this often, on other patients."""


def demo_fleet(patients: int, seed: int, start: int, span: int, *, agency: str = "demo") -> Fleet:
    """A mixed fleet whose first hour holds misfortunes of every kind that present detectors see.

    A fall, sepsis, a COPD exacerbation, atrial fibrillation and hypoglycaemia in quick form; a silent wearable, an
    emptying battery, a probe that is off, an outage with a backlog, and duplicates.

    ``span`` (ms) is how long it will be watched: what would set in too late to be seen is left out, and what takes an
    hour needs one. With fewer than ten patients some have more than one misfortune.

    >>> fleet = demo_fleet(20, seed=1, start=1_795_321_200_000, span=HOUR)
    >>> sorted({t.name for t in fleet.truth() if t.kind == "episode"})
    ['atrial_fibrillation', 'copd_exacerbation', 'fall', 'hypoglycaemia', 'sepsis']
    """
    if span <= 0:
        raise ValueError(f"span {span} ms must be greater than 0")
    rounds = [(start + at, number) for number, at in enumerate(range(0, span, ROUND))]
    last = start + span
    episodes = [
        placed for at, number in rounds for placed in _episodes(at, number, patients) if placed.episode.onset < last
    ]
    faults = [broken for at, number in rounds for broken in _faults(at, number, patients) if broken.fault.onset < last]
    sugar = {(placed.patient, "cgm") for placed in episodes if isinstance(placed.episode, Hypoglycaemia)}
    worn = {(broken.patient, broken.device.removesuffix("-1")) for broken in faults}
    return Fleet(
        FleetSpec(
            patients=patients,
            seed=seed,
            start=start,
            interval=30 * SECOND,
            agency=agency,
            status_every=15 * MINUTE,
            episodes=tuple(episodes),
            faults=tuple(faults),
            extra=tuple(sorted(sugar | worn)),
        )
    )


def _episodes(start: int, number: int, patients: int) -> Iterator[Placed]:
    """Even rows have a hub, and with it all six signs at once."""
    programme: tuple[Episode, ...] = (
        quick(Sepsis, start + 6 * MINUTE),
        quick(CopdExacerbation, start + 4 * MINUTE),
        quick(AtrialFibrillation, start + 8 * MINUTE, ramp=MINUTE, duration=40 * MINUTE),
        quick(Hypoglycaemia, start + 5 * MINUTE, ramp=10 * MINUTE),
        Fall(onset=start + 2 * MINUTE),
    )
    for i, episode in enumerate(programme):
        yield Placed(_row(number, 2 * i, patients), episode)


def _faults(start: int, number: int, patients: int) -> Iterator[Broken]:
    """Odd rows have single devices."""
    programme = (
        ("wearable-1", Silence(onset=start + 8 * MINUTE, duration=40 * MINUTE)),
        ("oximeter-1", ProbeOff(onset=start + 15 * MINUTE, duration=25 * MINUTE)),
        ("wearable-1", BatteryDrain(onset=start + 3 * MINUTE, duration=50 * MINUTE)),
        ("oximeter-1", Backlog(onset=start + 12 * MINUTE, duration=20 * MINUTE)),
        ("oximeter-1", Duplicate(onset=start + 5 * MINUTE, duration=30 * MINUTE)),
    )
    for i, (device, fault) in enumerate(programme):
        yield Broken(_row(number, 2 * i + 1, patients), device, fault)


def _row(number: int, place: int, patients: int) -> int:
    """Every round moves on to the next ten patients, so that even stays even where the count is."""
    return (10 * number + place) % patients
