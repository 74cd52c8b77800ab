"""Names that stay the same when the same data come again."""

from vitals.identity import DIGITS, alert_id

__all__ = ["DIGITS", "alert_id", "delivery_key"]


def delivery_key(alert: str, seq: int, step: int, recipient: str, channel: str) -> str:
    """What makes a notice unique: queueing the same one again changes nothing.

    >>> delivery_key("JO4OA2ZLDI", 1, 1, "ana", "phone")
    'JO4OA2ZLDI:1:1:ana:phone'
    """
    return f"{alert}:{seq}:{step}:{recipient}:{channel}"
