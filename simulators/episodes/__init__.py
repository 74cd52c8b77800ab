"""One illness or accident a file."""

from typing import Final

from simulators.episodes.atrial_fibrillation import AtrialFibrillation
from simulators.episodes.base import Episode
from simulators.episodes.copd_exacerbation import CopdExacerbation
from simulators.episodes.dehydration import Dehydration
from simulators.episodes.fall import Fall
from simulators.episodes.heart_failure import HeartFailure
from simulators.episodes.hypoglycaemia import Hypoglycaemia
from simulators.episodes.sepsis import Sepsis

__all__ = [
    "EPISODES",
    "AtrialFibrillation",
    "CopdExacerbation",
    "Dehydration",
    "Episode",
    "Fall",
    "HeartFailure",
    "Hypoglycaemia",
    "Sepsis",
    "episode_named",
]

EPISODES: Final[tuple[type[Episode], ...]] = (
    Sepsis,
    CopdExacerbation,
    HeartFailure,
    Hypoglycaemia,
    AtrialFibrillation,
    Dehydration,
    Fall,
)
"""Every episode there is; nothing is discovered by scanning."""


def episode_named(name: str) -> type[Episode]:
    """The episode of that name; KeyError says which there are.

    >>> episode_named("sepsis").__name__
    'Sepsis'
    """
    for kind in EPISODES:
        if kind.name == name:
            return kind
    raise KeyError(f"no episode {name!r}: one of {', '.join(kind.name for kind in EPISODES)}")
