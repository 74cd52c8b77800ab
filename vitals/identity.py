"""Names that stay the same when the same data come again."""

from base64 import b32encode
from functools import lru_cache
from hashlib import blake2b

from vitals.finding import FindingKey

DIGITS = 10
"""Base32 characters of a name: 50 bits, so 1 million alerts collide with a chance of 1 in 2,000."""


@lru_cache(maxsize=4096)
def alert_id(key: FindingKey, onset: int) -> str:
    """A short name of a condition, from what it is about and when it began (ms UTC): a replay gives the same. An alert
    is called by the condition that opened it.

    >>> alert_id(FindingKey("limit.low", "p1", "spo2"), 1_795_321_267_250)
    'JO4OA2ZLDI'
    """
    text = "\x1f".join((*key, str(onset)))
    return b32encode(blake2b(text.encode(), digest_size=8).digest())[:DIGITS].decode()
