"""What may happen in the desk's machine: findings, answers, silences, changes of shift, time, deaths."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from alerts.silences import Silences
from alerts.suppress import LOOK_AGAIN
from tests.alerts.house import NO_INTAKE
from tests.alerts.machine_model import KEYS, SOS, Model
from tests.alerts.machine_people import CHANGES, paused, with_override
from tests.alerts.machine_says import ANSWERS, hush, lift, say
from tests.alerts.machine_world import CHANNELS, Service
from vitals.alert import AlertState
from vitals.batch import Batch
from vitals.finding import FindingKey, Severity
from vitals.intake import Intake
from vitals.presence import clocked
from vitals.times import MINUTE, SECOND

EITHER = st.sampled_from([0, 1])


class Acts(Model):
    @rule(on=EITHER, key=st.sampled_from(KEYS), severity=st.sampled_from(list(Severity)[1:]))
    def find(self, on: int, key: FindingKey, severity: Severity) -> None:
        """Killed as it records, the service gets the finding again; the other may get it, too."""
        now = self.clock.advance(1)
        finding = self.comes(key, severity, now)
        self.world.do(on, lambda it: it.desk.record(NO_INTAKE, [finding], now))
        self.note(finding)
        settled, starts = (self.records.alerts(), self.records.deliveries()), self.world.starts
        for number in (1 - on, on):
            self.world.do(number, lambda it: it.desk.record(NO_INTAKE, [finding], now))
            same = settled == (self.records.alerts(), self.records.deliveries())
            assert same or self.world.starts > starts, "the same finding again changed something"

    @rule(on=EITHER, key=st.sampled_from(KEYS))
    def clear(self, on: int, key: FindingKey) -> None:
        now = self.clock.now()
        finding = self.goes(key, now)
        self.world.do(on, lambda it: it.desk.record(NO_INTAKE, [finding], now))
        assert key is SOS or self.holder(key) is None

    @precondition(lambda self: self.live())
    @rule(on=EITHER, data=st.data())
    def answer(self, on: int, data: st.DataObject) -> None:
        """Whatever is said of one alert, no other hears it: neither its state nor its notices."""
        chosen, now = data.draw(st.sampled_from(self.live())), self.clock.now()
        said = data.draw(st.sampled_from(ANSWERS))
        before, waits = self.others(chosen.id), self.waits(chosen.id)
        self.world.do(on, lambda it: say(it.desk, said, chosen.id, now))
        assert before == self.others(chosen.id), f"{said} of one alert changed another"
        assert all(until <= waits[name] for name, until in self.waits(chosen.id).items()), f"{said} put others off"
        alert = self.records.alerts()[chosen.id]
        if alert.state is AlertState.CLOSED:
            self.ended(chosen)
        assert said != "help" or alert.acknowledged_by == ""

    @rule(on=EITHER, minutes=st.sampled_from([5, 20, 60]), rule_=st.sampled_from(["", "limit", "gap"]))
    def silence(self, on: int, minutes: int, rule_: str) -> None:
        until = self.clock.now() + minutes * MINUTE
        self.quiet_until = max(self.quiet_until, until)
        self.world.do(on, lambda it: hush(it.desk, until, self.clock.advance(1), rule_))

    @precondition(lambda self: self.silences())
    @rule(on=EITHER, data=st.data())
    def unsilence(self, on: int, data: st.DataObject) -> None:
        chosen, now = data.draw(st.sampled_from(self.silences())), self.clock.now()
        self.world.do(on, lambda it: lift(it.desk, chosen.id, now))

    @rule(minutes=st.sampled_from([0, 0, 0, 5, 20, 600]))
    def pause(self, minutes: int) -> None:
        """The patient is away for so long; 0: back, and the pause is taken out of the plan."""
        now = self.clock.now()
        if minutes or now < self.away_until:
            self.away_until = now + minutes * MINUTE
        self.quiet_until = max(self.quiet_until, self.away_until)
        self.world.employ(paused(self.world.agency, now, now + minutes * MINUTE))

    @rule(change=st.sampled_from(CHANGES), minutes=st.sampled_from([10, 60]))
    def change_shifts(self, change: str, minutes: int) -> None:
        now = self.clock.now()
        self.world.employ(with_override(self.world.agency, change, now, now + minutes * MINUTE))

    @rule(on=EITHER, who=st.sampled_from(["ana", "ben", "noor"]), out=st.booleans())
    def at_the_door(self, on: int, who: str, *, out: bool) -> None:
        now = self.clock.advance(1)
        come = Intake(Batch.empty(), events=(clocked("p1", who, now, out=out),))
        self.world.do(on, lambda it: it.desk.record(come, [], now))

    @rule(on=EITHER, minutes=st.sampled_from([0, 1, 2, 5, 20, 70]), send=st.booleans(), both=st.booleans())
    def time_passes(self, on: int, minutes: int, *, send: bool, both: bool) -> None:
        """One service looks at what is due; the other may do so in the middle of that, or only after."""
        now = self.clock.advance(minutes * MINUTE + 2 * SECOND)
        for number in (on, 1 - on):
            self.world.do(number, Service.keep_house)
        frail = self.world.services[on].ledger
        frail.meanwhile = (lambda: self.tick(1 - on, now)) if both else None
        self.tick(on, now)
        frail.meanwhile = None
        self.tick(1 - on, now)
        self.untold_is_held_back(now)
        if send:
            self.world.do(on, Service.drain)

    def untold_is_held_back(self, now: int) -> None:
        """What nobody has heard of after a look at what is due is silent now, or was paused just now."""
        silences = Silences(self.world.ledger.silences(now))
        for alert in self.live():
            answered = alert.state is AlertState.ACKNOWLEDGED or alert.told_at is not None
            if answered or alert.severity < Severity.MEDIUM or silences.until(alert, now):
                continue
            assert now < self.away_until + LOOK_AGAIN, alert

    def tick(self, number: int, now: int) -> None:
        self.world.do(number, lambda it: it.desk.tick(now))

    @rule(on=EITHER)
    def send(self, on: int) -> None:
        self.world.do(on, Service.drain)

    @rule(answer=st.sampled_from(CHANNELS))
    def the_channels_answer(self, answer: Any) -> None:
        self.world.answer = answer

    @rule(on=EITHER, commits=st.integers(1, 3), when=st.sampled_from(["before", "after"]))
    def light_a_fuse(self, on: int, commits: int, when: str) -> None:
        """The service will die just before, or just after, one of its next commits."""
        self.world.services[on].ledger.fuse = commits, when

    @rule(on=EITHER)
    def die_now(self, on: int) -> None:
        self.world.restart(on)
