"""What must be in the store and in the ledger, and what the phone must have heard, when all is over."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from bench.load import NORMAL
from store.duckdb import DuckDBReadings
from store.ledger import open_ledger
from tests.faults.kit import until
from tests.faults.load import Flow
from tests.faults.phone import Phone
from vitals.alert import Alert
from vitals.signals import BY_NAME


def check_readings(folder: Path, flow: Flow) -> None:
    """Each published reading is in the store, once, and nothing else is."""
    signals = sorted(BY_NAME[name].code for name in NORMAL)
    with DuckDBReadings(folder / "data" / "readings.duckdb") as store:
        rows = store.window(-(1 << 60), 1 << 60)
        patients = np.array([key.patient for key in store.series.keys])[rows.series]
        kinds = store.series.signal_codes()[rows.series]
        assert store.count() == len(rows)
    index = rows.time - flow.start
    found = index * 1000 + kinds
    wanted = (np.arange(flow.messages)[:, None] * 1000 + np.array(signals)).ravel()
    missing = np.setdiff1d(wanted, found)
    assert not len(missing), f"{len(missing)} of {len(wanted)} readings are lost, messages {np.unique(missing // 1000)}"
    assert len(found) == len(np.unique(found)) == len(wanted)
    assert (patients == np.array(flow.who())[index]).all()


def low_alerts(folder: Path) -> list[Alert]:
    with open_ledger(f"sqlite:///{folder}/data/ledger.db", migrate=False) as ledger:
        return [alert for alert in ledger.alerts(limit=None) if alert.key.rule == "limit.low"]


def check_alerts(folder: Path, flow: Flow) -> dict[str, Alert]:
    """Each patient who was low has one alert, and nobody else has one."""
    counted = Counter(alert.key.patient for alert in low_alerts(folder))
    assert counted == Counter(flow.lows())
    return {alert.id: alert for alert in low_alerts(folder)}


def await_told(phone: Phone, folder: Path, flow: Flow, seconds: float) -> None:
    """Wait until the phone was told of each patient who was low."""

    def told() -> bool:
        return {alert_of(notice.key) for notice in list(phone.heard)} >= {alert.id for alert in low_alerts(folder)}

    until(lambda: len(phone.heard) >= flow.abnormal and told(), seconds, "everybody is told", every=0.2)


def held_by_the_dead(folder: Path, living: int | None) -> int:
    """How many notices a killed process still holds: its heir takes them over as it starts."""
    with closing(sqlite3.connect(folder / "data" / "ledger.db", timeout=10)) as db:
        dead = "SELECT count(*) FROM deliveries WHERE state = 'leased' AND leased_by NOT LIKE ?"
        (count,) = db.execute(dead, [f"%:{living}#%"]).fetchone()
        return int(count)


def alert_of(key: str) -> str:
    return key.split(":", 1)[0]


def repeated(phone: Phone, alerts: dict[str, Alert]) -> dict[str, Any]:
    """How many notices came, of how many alerts, and how many of them more than once."""
    keys = Counter(notice.key for notice in phone.heard if alert_of(notice.key) in alerts)
    assert {alert_of(key) for key in keys} == set(alerts)
    return {"alerts": len(alerts), "notices": keys.total(), "repeated": sum(n - 1 for n in keys.values())}
