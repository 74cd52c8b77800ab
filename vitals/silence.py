"""A silence: for a while, nobody is told of some of one patient's alerts."""

from dataclasses import dataclass

from vitals.finding import FindingKey


@dataclass(frozen=True, slots=True)
class Silence:
    """Set by ``by`` at ``start``, for ``reason``, to last until ``end``; times in ms UTC.

    ``rule`` is a rule or what it begins with, up to a dot (``limit``, ``limit.high``), ``signal`` a signal's name;
    empty: any. ``lifted`` is when somebody (``lifted_by``) ended it early.
    """

    id: str
    patient: str
    start: int
    end: int
    reason: str
    by: str
    rule: str = ""
    signal: str = ""
    lifted: int | None = None
    lifted_by: str = ""

    def holds(self, now: int) -> bool:
        """Whether it is in force at ``now`` (ms UTC)."""
        return self.lifted is None and self.start <= now < self.end

    def names(self, key: FindingKey) -> bool:
        """Whether it is about that condition.

        >>> silence = Silence("S", "p1", 0, 60_000, "physiotherapy", "ana", rule="limit.high")
        >>> silence.names(FindingKey("limit.high", "p1", "heart_rate")), silence.names(FindingKey("limit.low", "p1"))
        (True, False)
        """
        rule = not self.rule or f"{key.rule}.".startswith(f"{self.rule}.")
        return rule and key.patient == self.patient and self.signal in ("", key.signal)
