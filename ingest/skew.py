"""Device clocks that run ahead, and what can be done about them."""

from vitals.times import MINUTE


class DeviceClocks:
    """How far each device's clock is ahead of arrival, as far as it was seen to be.

    A clock is trusted again when two messages running agree on how far it is ahead, within ``tolerance`` ms: the
    first is held against the device, the second and all later ones are corrected by the first one's offset. The offset
    is kept as long as it holds, so that a redelivered message is corrected to the same time.

    >>> clocks = DeviceClocks()
    >>> clocks.offset(("p1", "d1"), 3_600_000) is None
    True
    >>> clocks.offset(("p1", "d1"), 3_590_000)
    3600000
    """

    def __init__(self, tolerance: int = 2 * MINUTE) -> None:
        self._tolerance = tolerance
        self._ahead: dict[tuple[str, str], int] = {}

    def offset(self, device: tuple[str, str], ahead: int) -> int | None:
        """What to take off the device's times, ms; None while its clock is not steady."""
        held = self._ahead.get(device)
        if held is not None and abs(held - ahead) <= self._tolerance:
            return held
        self._ahead[device] = ahead
        return None
