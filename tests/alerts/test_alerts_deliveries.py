"""Notices over the real protocols: each service failing, slow, lying and recovering, from the desk to the phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apprise.plugins.twilio
import numpy as np
import pytest

from alerts.attempt import Sender
from alerts.channels.apprise import AppriseChannel
from alerts.desk import Desk
from alerts.outbox import Outbox
from store.ledger import SqlLedger, open_ledger
from tests.alerts.house import NO_INTAKE, NOON, agency, found, person
from tests.alerts.post_offices import OFFICES, Office
from vitals.alert import DeliveryState
from vitals.clock import ScaledClock, elapsed
from vitals.people import Role

SPEED = 200.0
"""Waiting between tries passes so much faster; the network does not."""


@pytest.fixture(scope="module")
def channel() -> AppriseChannel:
    return AppriseChannel(connect=2, read=0.4)


@pytest.fixture(params=sorted(OFFICES))
def office(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with OFFICES[request.param]().running() as it:
        url = f"http://127.0.0.1:{it.port}/2010-04-01/Accounts/{{sid}}/Messages.json"
        monkeypatch.setattr(apprise.plugins.twilio.NotifyTwilio, "notify_sms_url", url)
        yield it


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db", durable=False) as opened:
        yield opened


def told(ledger: SqlLedger, channel: AppriseChannel, url: str) -> list[bool]:
    """One high alert for the one CNA; returns how each try went, in their order."""
    clock = ScaledClock(NOON, SPEED)
    house = agency(person("ana", Role.CNA, url=url, private=True))
    ledger.import_agency(house, NOON)
    desk = Desk(ledger, clock, house)
    sender = Sender(channel, desk.address, desk.renew, clock, np.random.default_rng(1))
    with Outbox(ledger, clock, sender, worker="w", lease=4.0, time_limit=2.0) as outbox:
        desk.connect(outbox)
        desk.record(NO_INTAKE, [found(time=clock.now())], clock.now())
        deadline = elapsed() + 20
        while not ledger.deliveries(state=DeliveryState.SENT) and elapsed() < deadline:
            clock.wait(outbox._wake, 1000)
    (delivery,) = ledger.deliveries(state=DeliveryState.SENT)
    assert delivery.recipient == "ana"
    return [tried.ok for tried in reversed(ledger.attempts())]


CASES: dict[str, tuple[list[str], list[bool], int]] = {
    "well": ([], [True], 1),
    "failing": (["fail", "fail"], [False, False, True], 1),
    "slow": (["slow"], [False, True], 2),
    "lying": (["lie"], [False, True], 2),
}
"""What the service is ordered to do, how each try is taken, and how many copies arrive."""


@pytest.mark.parametrize("case", CASES)
def test_a_service_that_recovers_delivers_in_the_end(
    office: Office, ledger: SqlLedger, channel: AppriseChannel, case: str
) -> None:
    """A service that took a message and did not say so gets it again: twice told is better than not."""
    orders, tries, copies = CASES[case]
    office.orders.extend(orders)
    assert told(ledger, channel, office.url) == tries
    assert len(office.taken) == copies
    for text in office.taken:
        assert "Patient C17: act now." in " ".join(text.replace("=\r\n", "").split())
        assert "THE PERSON" not in text.upper()
        assert "SATURATION" not in text.upper()
