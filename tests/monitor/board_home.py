"""A home with its desk, board and people, for tests of the live board."""

import re

from starlette.testclient import TestClient

from alerts.desk import Desk
from alerts.passes import Passes
from dashboards.board.board import board_routes
from dashboards.board.server import site
from monitor.board import Board
from store.ledger import SqlLedger
from tests.alerts.house import NO_INTAKE, NOON, agency, found, patient, person
from vitals.alert import Alert
from vitals.clock import ManualClock
from vitals.finding import FindingKey
from vitals.people import Assignment, Role
from vitals.plan import CarePlan, Pause

OTHER = FindingKey("limit.low", "p2", "spo2")
SILENT_DEVICE = FindingKey("gap.silent", "p1", device="w1")
PEOPLE = (
    person("ana", Role.CNA), person("eva", Role.PSW).model_copy(update={"language": "es"}),
    person("tim", Role.THERAPIST),
    person("noor", Role.NURSE), person("olga", Role.OPERATIONS_MANAGER), person("tom", Role.DEVICE_SUPPORT),
)  # fmt: skip
PAUSED = CarePlan(pauses=(Pause(start="2026-11-18T00:00Z", end="2026-11-19T00:00Z", reason="hospital"),))
SECOND = patient("p2").model_copy(update={"code": "D42", "name": "Another Person", "plan": PAUSED})
HOUSE = agency(*PEOPLE, patients=(patient(), SECOND)).model_copy(
    update={
        "assignments": tuple(
            Assignment(patient=p, caregiver=c) for c, p in (("ana", "p1"), ("eva", "p1"), ("tim", "p2"))
        )
    }
)


class Home:
    """A desk with its board, and a browser for each person."""

    def __init__(self, ledger: SqlLedger) -> None:
        self.ledger, self.clock, self.passes = ledger, ManualClock(NOON), Passes(b"k" * 32)
        ledger.import_agency(HOUSE, NOON)
        self.desk = Desk(ledger, self.clock, HOUSE)
        self.app = site(board_routes(Board(self.desk, ledger, self.passes, self.clock)))

    def find(self, **how: object) -> str:
        recorded = self.desk.record(NO_INTAKE, [found(time=self.clock.now(), **how)], self.clock.now())  # type: ignore[arg-type]
        return recorded.alerts[0].id

    def browser(self, who: str) -> TestClient:
        client = TestClient(self.app)
        assert client.get(f"/b/{self.passes.link(who, self.clock.now())}").status_code in (200, 410)
        return client

    def page(self, who: str) -> str:
        return str(self.browser(who).get("/board").text)

    def say(self, browser: TestClient, alert: str, answer: str, **more: str) -> int:
        page = browser.get("/board").text
        key = re.search(r'name="form" value="([^"]+)"', page)
        seen = re.search(rf'value="{alert}">\s*<input type="hidden" name="seen" value="(\d+)"', page)
        fields = {"form": key[1] if key else "", "alert": alert, "answer": answer, "seen": seen[1] if seen else ""}
        return int(browser.post("/board/answer", data=fields | more).status_code)

    def alert(self, name: str) -> Alert:
        stands = self.ledger.alert(name)
        assert stands is not None
        return stands
