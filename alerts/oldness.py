"""When a finding is old news, of which nobody is paged: by what its rule looks at, not by one clock for all."""

from typing import Final

from alerts.tasks import SLOW
from vitals.finding import Finding
from vitals.times import DAY, HOUR

LATE: Final = HOUR
"""Readings older than this are old news: what they said may long be over."""
_AS_OF: Final = {**dict.fromkeys(SLOW, DAY), "deterioration": 3 * HOUR}
"""What judges hours or days does so as of a whole hour, some of it four times a day. A service that was away finds
what had come to be meanwhile, as of when it would have been found; it holds still, and no second finding says so."""


def is_old(finding: Finding, now: int, late: int = LATE) -> bool:
    """Whether nobody is to be paged of a finding at ``now`` (ms UTC); ``late``: how old its readings may be (ms).

    >>> from vitals.finding import FindingKey, Kind, Severity
    >>> def about(rule): return Finding(FindingKey(rule, "p1"), Kind.PHYSIOLOGICAL, Severity.MEDIUM, 0, 0)
    >>> [is_old(about(rule), 2 * HOUR) for rule in ("limit.low", "deterioration", "trend.rising")]
    [True, False, False]
    """
    return now - finding.time > max(late, _AS_OF.get(finding.key.rule.split(".")[0], 0))
