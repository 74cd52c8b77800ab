"""The clock by which the dead are known, and looks for them."""

from store.ledger import SqlLedger

SOON, LEASE = 10_000, 60_000


class Seconds:
    """The monotonic clock by which a lock has been free for long enough; moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def taken_over(by: SqlLedger, seconds: Seconds, looks: int = 5) -> int:
    """What it takes over in some seconds, looking each second."""
    found = 0
    for _ in range(looks):
        found += by.forsaken(SOON)
        seconds.now += 1
    return found
