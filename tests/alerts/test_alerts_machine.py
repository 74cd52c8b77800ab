"""The desk under whatever may happen to it: findings, answers, time, channels that fail, and crashes."""

from typing import NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alerts.attempt import Sender
from alerts.channels.base import Failure, Sent
from alerts.desk import Desk
from alerts.notices import Lease
from tests.alerts.house import ANA, GLUCOSE, NO_INTAKE, NOON, NOOR, OPS, PULSE, SPO2, agency, found, person, shift_of
from tests.alerts.memory_ledger import MemoryLedger
from vitals.alert import Alert, AlertState, Delivery, DeliveryState
from vitals.clock import ManualClock
from vitals.finding import FindingKey, Kind, Severity
from vitals.people import QuietHours, Role
from vitals.plan import EscalationPolicy
from vitals.times import HOUR, MINUTE, SECOND

SOS = FindingKey("event.sos", "p1", device="button")
SILENT = FindingKey("gap.silent", "p1", device="hub")
KEYS = (SPO2, PULSE, GLUCOSE, SOS, FindingKey("early_warning", "p1"), SILENT, SILENT._replace(rule="gap.offline"))
HOLD_OFF = EscalationPolicy().hold_off
HOUSE = agency(
    ANA,
    person("ben", Role.HMA, quiet=QuietHours(start="11:30", end="13:30")),
    NOOR,
    OPS,
    shifts=(shift_of("ana", "08:00", "12:30"), shift_of("ben", "12:00", "20:00")),
)
ANSWERS = (
    Sent(ok=True),
    Sent(ok=False, text="down", failure=Failure.UNREACHABLE),
    Sent(ok=False, text="busy", failure=Failure.BUSY),
)


class Raised(NamedTuple):
    """When a condition was last raised: in which alert, by which line, how far; and when it cleared."""

    alert: str
    seq: int
    severity: Severity
    cleared: int | None


class Steps:
    """An outbox without threads: what was pushed, and what is due, goes when told to; a crash forgets the pushed."""

    def __init__(self, ledger: MemoryLedger, clock: ManualClock, sender: Sender, worker: str) -> None:
        self.ledger, self.clock, self.sender = ledger, clock, sender
        self.lease = Lease(worker, MINUTE)
        self.pushed: list[Delivery] = []

    def push(self, deliveries: list[Delivery]) -> None:
        self.pushed += deliveries

    def wake(self) -> None:
        pass

    def drain(self) -> None:
        now = self.clock.now()
        held, self.pushed = self.pushed, []
        ours = [d for d in held if d.lease_until is None or d.lease_until > now]
        due = self.ledger.lease(self.lease.worker, now, now + self.lease.length, 1_000)
        self.ledger.mark([self.sender.attempt(delivery) for delivery in (*ours, *due)])


class DeskMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock, self.ledger = ManualClock(NOON), MemoryLedger(HOUSE)
        self.answer, self.crashes = ANSWERS[0], 0
        self.truth: dict[FindingKey, tuple[Severity, int]] = {}
        self.raised: dict[FindingKey, Raised] = {}
        self.closed: dict[FindingKey, tuple[int, Severity]] = {}
        self.tries: dict[str, list[tuple[int, bool]]] = {}
        self.start_again()

    @rule()
    def start_again(self) -> None:
        """A crash: what was committed and not yet sent is known to the ledger only."""
        self.crashes += 1
        self.desk = Desk(self.ledger, self.clock)
        sender = Sender(self, self.desk.address, self.desk.renew, self.clock, np.random.default_rng(self.crashes))
        self.outbox = Steps(self.ledger, self.clock, sender, f"w{self.crashes}")
        self.desk.connect(self.outbox)

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        self.tries.setdefault(key, []).append((self.clock.now(), self.answer.ok))
        return self.answer

    @rule(key=st.sampled_from(KEYS), severity=st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH]))
    def find(self, key: FindingKey, severity: Severity) -> None:
        now = self.clock.advance(1)
        severity = Severity.HIGH if key is SOS else severity
        onset = now if key is SOS else self.truth.get(key, (severity, now))[1]
        self.truth[key] = (severity, onset)
        kind = Kind.TECHNICAL if key.rule.startswith("gap.") else Kind.PHYSIOLOGICAL
        finding = found(severity, key=key, time=now, onset=onset, latched=key is SOS, kind=kind)
        self.desk.record(NO_INTAKE, [finding], now)
        self.note(key, severity, onset)
        settled = dict(self.ledger.alerts), dict(self.ledger.deliveries)
        self.desk.record(NO_INTAKE, [finding], now)
        assert settled == (self.ledger.alerts, self.ledger.deliveries), "the same finding again changed something"

    @rule(key=st.sampled_from(KEYS))
    def clear(self, key: FindingKey) -> None:
        now = self.clock.now()
        if key in self.truth and key in self.raised:
            self.raised[key] = self.raised[key]._replace(cleared=now)
        self.truth.pop(key, None)
        self.desk.record(NO_INTAKE, [found(Severity.CLEAR, key=key, time=now)], now)
        assert key is SOS or self.holder(key) is None

    def holder(self, key: FindingKey) -> Alert | None:
        """The live alert that says this condition holds."""
        return next((a for a in self.ledger.live() if key in {it.key for it in a.reasons if it.holds}), None)

    def note(self, key: FindingKey, severity: Severity, onset: int) -> None:
        """From which line of which alert on people can have heard of the condition as it is now."""
        alert, before = self.holder(key), self.raised.get(key)
        if alert is None:
            since, level = self.closed[key]
            self.closed[key] = since, min(level, severity)
            return
        new = Raised(alert.id, alert.seq, severity, None)
        if before is None or before.alert != alert.id or severity > before.severity:
            self.raised[key] = new
        elif before.cleared is not None:
            soon = self.clock.now() - before.cleared <= getattr(HOLD_OFF, severity.word)
            self.raised[key] = before._replace(cleared=None) if soon else new
        else:
            self.raised[key] = before._replace(severity=severity)

    @precondition(lambda self: self.answerable())
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.answerable()))
        others = {k: a for k, a in self.ledger.alerts.items() if k != chosen.id}
        waiting = {d for d in self.ledger.deliveries.values() if d.alert != chosen.id}
        self.desk.acknowledge(chosen.id, "ana", self.clock.now())
        assert others == {k: a for k, a in self.ledger.alerts.items() if k != chosen.id}
        assert waiting == {d for d in self.ledger.deliveries.values() if d.alert != chosen.id}

    @precondition(lambda self: self.ledger.live())
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.ledger.live(), key=lambda a: a.id)))
        self.desk.close(chosen.id, "noor", "helped", self.clock.now())
        for it in chosen.reasons:
            if it.holds and it.key in self.truth:
                severity, onset = self.truth[it.key]
                self.closed[it.key] = onset, severity
                self.raised.pop(it.key, None)

    @rule(minutes=st.sampled_from([0, 1, 2, 5, 20, 70]), send=st.booleans())
    def time_passes(self, minutes: int, *, send: bool) -> None:
        self.clock.advance(minutes * MINUTE + SECOND)
        self.desk.tick(self.clock.now())
        if send:
            self.outbox.drain()

    @rule(answer=st.sampled_from(ANSWERS))
    def the_channels_answer(self, answer: Sent) -> None:
        self.answer = answer

    def answerable(self) -> list[Alert]:
        open_ = [a for a in self.ledger.live() if a.state is not AlertState.ACKNOWLEDGED]
        return sorted(open_, key=lambda a: a.id)

    @invariant()
    def nothing_is_told_twice(self) -> None:
        for tries in self.tries.values():
            assert sum(ok for _, ok in tries) <= 1
            assert [ok for _, ok in tries[:-1]] == [False] * (len(tries) - 1)

    @invariant()
    def every_history_is_whole(self) -> None:
        for alert in self.ledger.alerts.values():
            lines = [line for (name, _), line in self.ledger.transitions.items() if name == alert.id]
            assert [line.seq for line in lines] == list(range(1, alert.seq + 1))
            assert (lines[-1].state, lines[-1].severity) == (alert.state, alert.severity)

    @invariant()
    def nothing_dangerous_is_hidden(self) -> None:
        """Whatever is MEDIUM or more has been told as such, or is about to be, or a person has ended it."""
        for key, (severity, onset) in self.truth.items():
            alert = self.holder(key)
            if severity < Severity.MEDIUM:
                continue
            if alert is None:
                since, level = self.closed[key]
                assert since == onset, key
                assert severity <= level, key
            elif alert.state is AlertState.ACKNOWLEDGED:
                seq = self.raised[key].seq
                told = [d for d in self.ledger.deliveries.values() if d.alert == alert.id and d.seq >= seq]
                assert told, f"{key} is {severity.word} in an acknowledged alert, and nobody was told"
            else:
                assert alert.severity >= severity
                assert alert.told_at is not None or alert.next_step_at is not None, key

    def teardown(self) -> None:
        """Channels recover and time goes on: every live alert of high severity has been told, or will be told again."""
        self.answer = ANSWERS[0]
        for _ in range(60):
            self.clock.advance(2 * MINUTE)
            self.desk.tick(self.clock.now())
            self.outbox.drain()
        for alert in self.ledger.live():
            if alert.severity is Severity.HIGH:
                sent = [d.sent_at or 0 for d in self.ledger.having(DeliveryState.SENT) if d.alert == alert.id]
                assert sent, alert
                assert max(sent) > self.clock.now() - HOUR, "an unanswered high alert fell silent"


DeskMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDeskMachine = DeskMachine.TestCase
