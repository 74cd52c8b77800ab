"""Gain and loss of weight over days, from weighings of which any one may be odd."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from detectors.bins import median
from detectors.columns import Bools, Floats, Ints
from detectors.slow import Tracks
from detectors.windows import HIGHEST, Marks
from vitals.finding import Severity
from vitals.times import DAY, HOUR

_LOW, _MEDIUM = int(Severity.LOW), int(Severity.MEDIUM)
_DAYS: Final = (42, 108)
"""Hours before the newest weighing that stand for three days ago: with one weighing a day three of them, so that their
median does not follow one that is odd."""
_WEEK: Final = (132, 204)
_NEAR: Final = (12, 42)
"""Where nobody stood on the scale three days ago, what came since."""
_USUAL: Final = (12, 28 * 24)
_RECENT: Final = 2 * DAY
_NEW_NORMAL: Final = 14 * DAY
"""After so long a weight that has stopped changing is taken as the patient's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighings:
    """Of m tracks: the newest weighing, medians of those about three days and a week before it, and of all of the four
    weeks before (NaN where not known).
    """

    newest: Floats
    days_ago: Floats
    week_ago: Floats
    usual: Floats


def weighings(tracks: Tracks) -> Weighings:
    """The newest weighing of each track and medians of earlier ones."""
    age = np.where(tracks.count > 0, tracks.hour[:, -1:] - tracks.hour, -1)
    days, near, week, usual = (_median_of(tracks.mean, age, span) for span in (_DAYS, _NEAR, _WEEK, _USUAL))
    return Weighings(tracks.mean[:, -1], np.where(np.isnan(days), near, days), week, usual)


def changed(tracks: Tracks, sign: int, highest: int) -> Marks:
    """Marks of a gain (sign 1) or loss (-1) by the plan's ``weight`` in 3 days and ``weight_week`` in 7.

    The newest weighing must also be away from the usual one of four weeks, by half of ``weight``: back to it, after odd
    weighings or a trip, is no gain. A first weighing that shows a change is LOW and asks for a repeat; MEDIUM and
    ``highest`` (the week's) need the one before it, or a second in the same hour, to say so too. It holds until two of
    the newest three weighings are back within half of what opened it, against the weight before it began.
    """
    now, small, large = weighings(tracks), tracks.plan["weight"], tracks.plan["weight_week"]
    three, seven = sign * (now.newest - now.days_ago), sign * (now.newest - now.week_ago)
    away = ~(sign * (now.newest - now.usual) <= small / 2)
    level = np.where(((three > small) | (seven > large)) & away, _LOW, 0)
    level = np.where((three > small) & away & _borne_out(tracks, now.days_ago, sign, small), _MEDIUM, level)
    level = np.where((seven > large) & away & _borne_out(tracks, now.week_ago, sign, large), highest, level)
    recent = tracks.at - tracks.hour[:, -1] * HOUR <= _RECENT
    floor = np.where(recent, level, 0).astype(np.int8)
    over = recent & (floor == 0) & _over(tracks, sign, np.fmax(three, seven) < small / 2)
    return Marks(floor, np.where(over, 0, HIGHEST).astype(np.int8), _onset(tracks))


def _borne_out(tracks: Tracks, before: Floats, sign: int, size: Floats) -> Bools:
    near = (tracks.count[:, -2:-1] > 0) & (tracks.hour[:, -1:] - tracks.hour[:, -2:-1] <= _RECENT // HOUR)
    also = near & (sign * (tracks.mean[:, -2:-1] - before[:, None]) > size[:, None] / 2)
    found: Bools = also.any(axis=1) | (tracks.count[:, -1] >= 2)
    return found


def _over(tracks: Tracks, sign: int, steady: Bools) -> Bools:
    """Back near the weight from before it began; or it has been steady for long enough to be the new normal."""
    before = _median_of(tracks.mean, np.where(tracks.count > 0, _until(tracks), -1), (0, 7 * DAY // HOUR))
    back: Bools = (sign * (tracks.mean[:, -3:] - before[:, None]) < tracks.plan["weight"][:, None] / 2) & (
        tracks.count[:, -3:] > 0
    )
    enough = np.minimum(2, np.count_nonzero(tracks.count[:, -3:] > 0, axis=1))
    returned = back[:, -1] & (back.sum(axis=1) >= enough)
    found: Bools = returned | ((tracks.since < tracks.at - _NEW_NORMAL) & steady)
    return found


def _until(tracks: Tracks) -> Ints:
    """Hours from each weighing to when it began; negative after it."""
    return tracks.since[:, None] // HOUR - tracks.hour


def _onset(tracks: Tracks) -> Ints:
    """It began after the newest of the weighings that it is compared with."""
    age = np.where(tracks.count > 0, tracks.hour[:, -1:] - tracks.hour, -1)
    days_ago = ((age >= _DAYS[0]) & (age <= _DAYS[1])).any(axis=1)
    return (tracks.hour[:, -1] - np.where(days_ago, *(span[0] for span in (_DAYS, _NEAR)))) * HOUR


def _median_of(values: Floats, age: Ints, span: tuple[int, int]) -> Floats:
    return median(np.where((age >= span[0]) & (age <= span[1]), values, np.nan))
