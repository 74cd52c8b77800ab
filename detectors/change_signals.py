"""Which signals' changes are watched, which way, beyond what, and over what time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vitals.times import HOUR, MINUTE

_NEVER: Final = np.inf


@dataclass(frozen=True, slots=True)
class Watched:
    """How one signal is watched: whether a rise or a fall counts, and beyond what; the rest in ms.

    ``before`` is the older part and ``hold`` the newer one (``None``: the detector's ``exertion``, which exercise
    must not fill); ``apart``: the newer part's readings span at least this; ``memory``: a level kept for so long is
    no change any more; ``settle``: back in comfort for so long ends it; ``paced``: the change is a minute's.
    """

    rise_above: float = _NEVER
    fall_below: float = -_NEVER
    before: int = 15 * MINUTE
    rise_hold: int | None = None
    fall_hold: int = 10 * MINUTE
    apart: int = 5 * MINUTE
    memory: int = 2 * HOUR
    settle: int = 10 * MINUTE
    paced: bool = False


WATCHED: Final = {
    "heart_rate": Watched(rise_above=95, fall_below=55),
    "spo2": Watched(fall_below=94),
    "respiration_rate": Watched(rise_above=20),
    "temperature": Watched(rise_above=37.8, before=3 * HOUR, rise_hold=30 * MINUTE, apart=MINUTE, memory=4 * HOUR),
    "systolic_bp": Watched(
        fall_below=105, before=4 * HOUR, fall_hold=30 * MINUTE, apart=MINUTE, memory=6 * HOUR, settle=0
    ),
    "glucose": Watched(fall_below=130, before=10 * MINUTE, apart=4 * MINUTE, memory=20 * MINUTE, paced=True),
}
"""Beyond which a value is not comfortable: one point or more of NEWS2 (Royal College of Physicians, 2017) or nearly so;
37.8 °C a single oral fever of older adults (IDSA: High et al., Clin Infect Dis 2009); 130 mg/dL falling by 3 a minute
is below 70 within 20 minutes."""
