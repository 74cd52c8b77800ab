"""The patient's signals around an alert as a picture: ids only, no names."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from alerts.localtime import zone
from monitor.drawing import INK, SHADE, Moment, clock, limit, line, panels
from monitor.explain.account import Account
from vitals.batch import Batch, Quality
from vitals.finding import Severity
from vitals.series import SeriesTable
from vitals.signals import BY_NAME, SIGNALS
from vitals.times import DAY, HOUR

_BEFORE: Final = {
    "trend": 28 * DAY, "baseline_shift": 14 * DAY, "glucose_pattern": 13 * DAY, "night_desaturation": 3 * DAY,
    "deterioration": 2 * DAY, "early_warning": DAY,
}  # fmt: skip
"""How far before its onset a rule has looked; of others three hours are shown."""
_MOST: Final = 6

Column = NDArray[Any]
Readings = Mapping[str, tuple[Column, Column]]
"""By signal: times in ms, values."""


def span(account: Account) -> tuple[int, int]:
    """From when until when, ms UTC, the picture shows the patient: before the onset, and as long as it lasted."""
    alert = account.alert
    end = max(account.end or 0, alert.updated, alert.opened)
    before = _BEFORE.get(alert.key.rule.split(".")[0], 3 * HOUR)
    return alert.onset - before, end + max(HOUR, min(DAY, (end - alert.onset) // 4))


def readings_of(batch: Batch, series: SeriesTable, patient: str) -> Readings:
    """The patient's readings by signal, artefacts left out, in time order."""
    mine = np.array([key.patient == patient for key in series.keys] + [False])[batch.series]
    batch = batch.take(mine & ((batch.quality & int(Quality.ARTEFACT)) == 0))
    signal = series.signal_codes()[batch.series]
    found = {}
    for code in np.unique(signal).tolist():
        own = np.flatnonzero(signal == code)
        own = own[np.argsort(batch.time[own], kind="stable")]
        found[SIGNALS[code].name] = batch.time[own], batch.value[own]
    return found


def draw(account: Account, readings: Readings) -> Figure:
    """One panel a signal, the alert's own first; when it held is shaded, and what became of it marked."""
    alert = account.alert
    names = sorted(readings, key=lambda name: (name != alert.key.signal, BY_NAME[name].code))[:_MOST]
    title = f"{alert.id}  {alert.key.rule}  patient {alert.key.patient}  ({account.timezone})"
    begin, end = _shown(account, readings)
    figure, axes = panels(max(1, len(names)), title, (_dates(begin), _dates(end)), list(_moments(account)))
    for axis, name in zip(axes, names, strict=False):
        line(axis, *readings[name], name)
        axis.axvspan(*_dates([alert.onset, account.end or end]), color=SHADE, alpha=0.25, linewidth=0)
    if not names:
        axes[0].text(0.5, 0.5, "no readings in this time", transform=axes[0].transAxes, ha="center", color=INK)
    else:
        _limit(axes[0], account)
    clock(axes[-1], zone(account.timezone))
    return figure


def _shown(account: Account, readings: Readings) -> tuple[int, int]:
    """The span, without what lies before the first reading."""
    begin, end = span(account)
    first = min((int(time[0]) for time, _ in readings.values() if len(time)), default=begin)
    onset = account.alert.onset
    return max(begin, min(first, onset) - (end - min(first, onset)) // 20), end


def _limit(axis: Any, account: Account) -> None:
    """The limit that was crossed, where the evidence names one in the signal's unit."""
    crossed = account.alert.evidence.get("limit")
    if account.alert.key.rule.startswith("limit.") and isinstance(crossed, (int, float)):
        limit(axis, crossed, "limit")


def _moments(account: Account) -> Iterator[Moment]:
    known = None
    for step in account.history:
        over = not step.state.live
        if step.severity != known or over or step.state == "acknowledged":
            level = Severity.CLEAR if over else step.severity
            yield Moment(_dates(step.time), level, f"{step.state} {'' if over else step.severity.word}".strip())
        known = step.severity


def _dates(times: Any) -> Any:
    return np.asarray(times, np.int64).astype("datetime64[ms]")
