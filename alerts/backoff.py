"""How long to wait before trying a notice again, by what went wrong; and when to give up."""

from dataclasses import dataclass

from numpy.random import Generator

from alerts.channels.base import Failure
from vitals.times import MINUTE, SECOND


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential with full jitter between half and whole of the step, so that a returning channel is not stormed.

    ``first`` and ``most`` in ms; ``tries`` counts the first one, after it the notice is given up.
    """

    first: int = 2 * SECOND
    most: int = 5 * MINUTE
    tries: int = 12

    def wait(self, attempts: int, generator: Generator) -> int | None:
        """The ms to wait after the ``attempts``-th failure; None to give up.

        >>> import numpy as np
        >>> waits = [Backoff(tries=4).wait(n, np.random.default_rng(1)) for n in (1, 2, 3, 4)]
        >>> [1000 <= waits[0] <= 2000, 2000 <= waits[1] <= 4000, 4000 <= waits[2] <= 8000, waits[3]]
        [True, True, True, None]
        """
        if attempts >= self.tries:
            return None
        step = min(self.first << min(attempts - 1, 30), self.most)
        return int(step * (0.5 + 0.5 * generator.random()))


NEVER = Backoff(tries=1)
POLICY: dict[Failure, Backoff] = {
    Failure.UNREACHABLE: Backoff(),
    Failure.TIMEOUT: Backoff(first=5 * SECOND),
    Failure.BUSY: Backoff(first=10 * SECOND),
    Failure.REFUSED: Backoff(first=5 * SECOND, tries=8),
    Failure.MISCONFIGURED: NEVER,
}
"""About half an hour of trying where it may help, none where only a person can mend it."""
