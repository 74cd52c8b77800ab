"""What every kind of device is made of: its sensors, how often it measures, and how it writes a payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from simulators.physiology import SIMULATED
from simulators.process import Floats
from vitals.agency import DeviceType
from vitals.signals import BY_NAME
from vitals.times import DAY, MINUTE, iso
from vitals.units import conversion

_JSON: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Sensor:
    """One measured signal: white noise of ``noise`` (signal's unit) plus ``share`` of the value, then rounding to
    ``decimals`` in the unit it is sent in. ``unit`` is a UCUM code, empty for the signal's own as a bare number.
    """

    signal: str
    noise: float
    decimals: int = 0
    unit: str = ""
    share: float = 0.0

    @property
    def template(self) -> str:
        number = f"%.{self.decimals}f" if self.decimals else "%d"
        value = f'{{"value":{number},"unit":"{self.unit}"}}' if self.unit else number
        return f'"{self.signal}":{value}'

    def plain(self, value: float) -> Any:
        """The value as JSON has it."""
        number = round(value, self.decimals) if self.decimals else round(value)
        return {"value": number, "unit": self.unit} if self.unit else number


@dataclass(frozen=True)
class Model:
    """A kind of device. It streams every ``interval`` ms, or (interval 0) is used at local ``hours`` of the day.

    ``silent_after`` is what its home's device entry says: None for the type's own default. ``battery_life`` ms
    from full to empty.

    >>> model = Model(DeviceType.OXIMETER, "oximeter", (Sensor("spo2", 0.5),), interval=5_000)
    >>> model.encode(np.array([1_795_321_267_250]), np.array([7]), np.array([[97.0]]))
    [b'{"time":"2026-11-22T04:21:07.250Z","seq":7,"vitals":{"spo2":97}}']
    """

    type: DeviceType
    name: str
    sensors: tuple[Sensor, ...] = ()
    interval: int = 0
    hours: tuple[float, ...] = ()
    silent_after: int | None = None
    battery_life: int = 60 * DAY
    codes: NDArray[np.int64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", np.array([SIMULATED.index(s.signal) for s in self.sensors], np.int64))

    @property
    def streams(self) -> bool:
        return self.interval > 0

    @property
    def patience(self) -> int | None:
        """``silent_after`` for the care plan: at least four missed intervals, and five minutes."""
        if self.silent_after is not None or not self.streams:
            return self.silent_after
        return max(4 * self.interval, 5 * MINUTE)

    @cached_property
    def _scales(self) -> tuple[Floats, ...]:
        pairs = [conversion(BY_NAME[s.signal], s.unit) if s.unit else (1.0, 0.0) for s in self.sensors]
        columns = (
            [s.noise for s in self.sensors],
            [s.share for s in self.sensors],
            [1 / factor for factor, _ in pairs],
            [-offset / factor for factor, offset in pairs],
        )
        return tuple(np.array(column)[:, None] for column in columns)

    def measure(self, true: Floats, rng: np.random.Generator) -> Floats:
        """What the device shows of the true values: (sensors, m), in the units it sends, rounded as it rounds."""
        noise, share, factor, offset = self._scales
        shown = true + (noise + share * true) * rng.standard_normal(true.shape)
        for row, sensor in zip(shown, self.sensors, strict=True):
            signal = BY_NAME[sensor.signal]
            np.clip(row, signal.low, signal.high, out=row)
        shown *= factor
        shown += offset
        for row, sensor in zip(shown, self.sensors, strict=True):
            np.round(row, sensor.decimals, out=row)
        return shown

    @cached_property
    def _template(self) -> str:
        return '{"time":"%sZ","seq":%d,"vitals":{' + ",".join(s.template for s in self.sensors) + "}}"

    def encode(self, times: NDArray[np.int64], seqs: NDArray[np.int64], values: Floats) -> list[bytes]:
        """One payload for each of m devices; ``values`` (sensors, m) as measured. The fast way."""
        stamps = np.datetime_as_string(times.astype("datetime64[ms]")).tolist()
        rows = zip(stamps, seqs.tolist(), *values.tolist(), strict=True)
        template = self._template
        return [(template % row).encode() for row in rows]

    def sample(self, time: int, seq: int, vitals: Mapping[str, float]) -> dict[str, Any]:
        """One measurement as JSON values, for the devices that a fault touches."""
        named = {s.signal: s for s in self.sensors}
        plain = {signal: named[signal].plain(value) for signal, value in vitals.items()}
        return {"time": iso(time), "seq": seq, "vitals": plain}


def to_json(value: Any) -> bytes:
    """Compact JSON."""
    return _JSON.encode(value)
