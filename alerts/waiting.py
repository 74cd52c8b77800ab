"""What waits to be sent, in memory: the most severe and oldest first, and never too much for one host at once.

A host (scheme and address of a channel) that hangs holds only its own slots; a high notice has one more than the
others, so that it never stands behind a queue of low ones.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count

from vitals.alert import Delivery
from vitals.finding import Severity

_Place = tuple[int, int, int, Delivery]


@dataclass(slots=True)
class Waiting:
    """A queue a host; ``per_host`` sends at once, and one more for a high notice. Not thread-safe by itself.

    >>> queue = Waiting(per_host=1)
    >>> [queue.put("sms://", Delivery(k, "A", 1, "ana", "sms", 0, 0, severity=s)) for k, s in (("low", 1), ("high", 3))]
    [True, True]
    >>> queue.take()[1].key, queue.take() is None  # the only slot is taken: the low one waits
    ('high', True)
    >>> queue.done("sms://")
    >>> queue.take()[1].key
    'low'
    """

    per_host: int = 2
    _heaps: dict[str, list[_Place]] = field(default_factory=dict)
    _busy: Counter[str] = field(default_factory=Counter)
    _newest: dict[str, Delivery] = field(default_factory=dict)
    _order: "count[int]" = field(default_factory=count)

    def __len__(self) -> int:
        return len(self._newest)

    def put(self, host: str, delivery: Delivery) -> bool:
        """Queue it; False when the same one waits already: then it waits on, under its newer lease."""
        known = delivery.key in self._newest
        self._newest[delivery.key] = delivery
        if known:
            return False
        place = (-delivery.rank, delivery.due, next(self._order), delivery)
        heappush(self._heaps.setdefault(host, []), place)
        return True

    def take(self) -> tuple[str, Delivery] | None:
        """The most urgent one whose host has a free slot, which it takes; None when there is none."""
        ready = self._heads()
        if not ready:
            return None
        (*_, delivery), host = min(ready)
        heappop(self._heaps[host])
        if not self._heaps[host]:
            del self._heaps[host]
        self._busy[host] += 1
        return host, self._newest.pop(delivery.key)

    def gather(self, host: str, like: Callable[[Delivery], bool]) -> list[Delivery]:
        """Take out what else waits for that host and is ``like`` it, in the order in which it would have gone.

        >>> queue = Waiting()
        >>> [queue.put("sms://", Delivery(k, "A", 1, "ana", "sms", 0, 0, severity=1)) for k in "ab"]
        [True, True]
        >>> [d.key for d in queue.gather("sms://", lambda delivery: True)], len(queue)
        (['a', 'b'], 0)
        """
        heap = self._heaps.get(host, [])
        taken = sorted(place for place in heap if like(place[-1]))
        if not taken:
            return []
        mine = {place[-1].key for place in taken}
        left = [place for place in heap if place[-1].key not in mine]
        heapify(left)
        self._heaps[host] = left
        if not left:
            del self._heaps[host]
        return [self._newest.pop(place[-1].key) for place in taken]

    def count(self, hosts: Iterable[str]) -> int:
        """How many wait for those hosts."""
        return sum(len(self._heaps.get(host, ())) for host in hosts)

    def ready(self) -> bool:
        """Whether something waits that may go now."""
        return bool(self._heads())

    def done(self, host: str) -> None:
        """A slot is free again."""
        self._busy[host] -= 1
        if self._busy[host] <= 0:
            del self._busy[host]

    def clear(self) -> list[Delivery]:
        """Everything that still waited."""
        left = list(self._newest.values())
        self._heaps.clear()
        self._newest.clear()
        return left

    def _heads(self) -> list[tuple[_Place, str]]:
        return [(heap[0], host) for host, heap in self._heaps.items() if self._free(host, heap[0])]

    def _free(self, host: str, head: _Place) -> bool:
        return self._busy.get(host, 0) < self.per_host + (head[0] == -Severity.HIGH)
