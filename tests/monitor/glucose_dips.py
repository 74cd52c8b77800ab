"""Readings of one patient's glucose for tests of tuning."""

import numpy as np

from monitor.tuning.burden import Pair
from monitor.tuning.trial import Readings
from vitals.agency import Patient
from vitals.batch import Batch
from vitals.series import SeriesTable
from vitals.times import MINUTE, iso, parse_time

ANA = Patient(id="p1", name="-", timezone="UTC")


def glucose(values: list[float]) -> Readings:
    """One value every five minutes."""
    table = SeriesTable()
    time = np.arange(len(values)) * 5 * MINUTE
    return Readings.of(table, Batch.of([table.code("p1", "cgm", 6)] * len(values), time, values, time))


def dips(*lows: float) -> Readings:
    """An hour at 100, then half an hour at each low."""
    return glucose([v for low in lows for v in [100.0] * 12 + [low] * 6] + [100.0] * 12)


YEAR_2026 = parse_time("2026-01-01T00:00:00Z")
PAIR = Pair("limit.low", "p1", "glucose", 4, 4.0, 0, {})


def csv_rows(readings: Readings) -> str:
    """As a long CSV of the year 2026."""
    pairs = zip(readings.batch.time.tolist(), readings.batch.value.tolist(), strict=True)
    rows = [f"p1,cgm,glucose,{iso(YEAR_2026 + time)},{value},mg/dL\n" for time, value in pairs]
    return "patient,device,signal,time,value,unit\n" + "".join(rows)
