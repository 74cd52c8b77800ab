"""What an episode does to a signal: ``value · scale + offset``."""

from typing import NamedTuple

import numpy as np

from simulators.process import Floats


class Effect(NamedTuple):
    """Scale and offset (in the signal's unit), one entry a time asked for."""

    scale: Floats
    offset: Floats


Effects = dict[str, Effect]
"""Effects by signal."""


def shift(strength: Floats, by: float) -> Effect:
    """Add up to ``by``.

    >>> shift(np.array([0.0, 0.5]), 10).offset.tolist()
    [0.0, 5.0]
    """
    return Effect(np.ones_like(strength), strength * by)


def pull(strength: Floats, target: Floats | float) -> Effect:
    """Draw the value towards ``target``, which it reaches at strength 1 wherever it came from.

    >>> effect = pull(np.array([1.0]), 45.0)
    >>> (120 * effect.scale + effect.offset).tolist()
    [45.0]
    """
    return Effect(1 - strength, strength * target)
