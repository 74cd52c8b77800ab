"""The desk under whatever may happen to it, by chance and by the thousand; on both kinds of ledger.

``HOMEVIGIL_MACHINE=2000`` makes the run that long.
"""

import os

from hypothesis import HealthCheck, settings

from tests.alerts.machine_ledgers import OnDisk
from tests.alerts.machine_truths import Truths

LONG = int(os.environ.get("HOMEVIGIL_MACHINE", "0"))
USUAL = settings(deadline=None, stateful_step_count=40, suppress_health_check=list(HealthCheck))


class DeskMachine(Truths):
    """On a ledger in memory, where a thousand lives take two minutes."""


class DeskOnDiskMachine(Truths):
    """On SQLite, whose transactions are the real ones."""

    make = OnDisk


TestDeskMachine = DeskMachine.TestCase
TestDeskMachine.settings = settings(USUAL, max_examples=LONG or 40)
TestDeskOnDiskMachine = DeskOnDiskMachine.TestCase
TestDeskOnDiskMachine.settings = settings(USUAL, max_examples=LONG // 10 or 4)
