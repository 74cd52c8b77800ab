"""How long a notice that is about no alert is worth sending: a handover of this morning helps nobody in the evening."""

from typing import Final

from vitals.alert import Delivery
from vitals.times import DAY, HOUR

HANDOVER: Final = "handover"
WEEKLY: Final = "weekly"
_FOR: Final = {HANDOVER: 4 * HOUR, WEEKLY: 3 * DAY}


def wanted_for(kind: str) -> int:
    """For how long after it was written, ms."""
    return _FOR.get(kind, DAY)


def still_wanted(notice: Delivery, now: int) -> bool:
    """Whether a notice of no alert is to be sent at ``now`` (ms UTC); its key begins with its kind.

    >>> notice = Delivery("handover:ana:0:phone", "", 0, "ana", "phone", 0, 0)
    >>> still_wanted(notice, HOUR), still_wanted(notice, 4 * HOUR)
    (True, False)
    """
    return now - notice.created < wanted_for(notice.key.partition(":")[0])
