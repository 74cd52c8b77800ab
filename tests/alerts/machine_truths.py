"""What must be true in the desk's machine whatever happens, and how every high alert must end."""

from collections import defaultdict

from hypothesis.stateful import invariant

from alerts.silences import on_floor
from alerts.suppress import paused_until
from tests.alerts.machine_acts import Acts
from tests.alerts.machine_world import TAKEN, Service
from vitals.alert import Alert, AlertState, DeliveryState
from vitals.finding import Kind, Severity
from vitals.times import HOUR, MINUTE

ANEW = frozenset({"found", "worsened", "again", "new_reason", "follow_up", "help", "silenced", "paused"})
"""Lines of a history after which the climb begins at the first rung, or may."""
CLIMBS = frozenset({"told", "escalated"})
LONGEST_WAIT = {Kind.PHYSIOLOGICAL: 10 * MINUTE, Kind.TECHNICAL: 30 * MINUTE}
"""Between two rungs, or two tellings of the last, of a high alert."""


class Truths(Acts):
    @invariant()
    def nothing_is_told_twice(self) -> None:
        """A notice goes once; once more by the same key for each mark that died with its process."""
        for key, tries in self.world.tries.items():
            went = [number for number, it in enumerate(tries) if it.ok]
            assert len(went) <= 1 + self.world.lost[key], key
            assert not went or went[-1] == len(tries) - 1 or self.world.lost[key], f"{key} was tried after it went"

    @invariant()
    def no_step_is_told_twice(self) -> None:
        """From one beginning of a climb to the next, whichever service climbs, each rung is told once."""
        noticed = defaultdict(set)
        for notice in self.records.deliveries().values():
            noticed[notice.alert, notice.seq].add(int(notice.key.split(":")[2]))
        reached: dict[str, int] = {}
        for line in sorted(self.records.lines(), key=lambda line: (line.alert, line.seq)):
            steps = noticed[line.alert, line.seq]
            assert len(steps) <= 1
            if line.cause in ANEW:
                reached[line.alert] = max(steps, default=0)
            elif line.cause in CLIMBS and steps:
                assert max(steps) > reached[line.alert], f"{line.alert}: rung {steps} told again by line {line.seq}"
                reached[line.alert] = max(steps)

    @invariant()
    def every_history_is_whole(self) -> None:
        lines = defaultdict(list)
        for line in self.records.lines():
            lines[line.alert].append(line)
        for alert in self.records.alerts().values():
            mine = sorted(lines[alert.id], key=lambda line: line.seq)
            assert [line.seq for line in mine] == list(range(1, alert.seq + 1))
            assert (mine[-1].state, mine[-1].severity) == (alert.state, alert.severity)

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
                told = any(d.alert == alert.id and d.seq >= seq for d in self.records.deliveries().values())
                hushed = self.quiet_until > alert.opened
                assert told or hushed, f"{key} is {severity.word} in an acknowledged alert, and nobody was told"
                assert alert.follow_up_at is not None, alert
            else:
                assert alert.severity >= severity
                assert alert.told_at is not None or alert.next_step_at is not None, key

    @invariant()
    def nothing_high_waits_long(self) -> None:
        """Unanswered, it is looked at again soon: only a silence that may, and a pause, make it wait."""
        now = self.clock.now()
        for alert in self.live():
            if alert.severity is not Severity.HIGH or alert.state is AlertState.ACKNOWLEDGED or self.paused():
                continue
            assert alert.next_step_at is not None, alert
            silent = not on_floor(alert.key.rule, alert.severity) and now < self.quiet_until
            assert silent or alert.next_step_at <= now + LONGEST_WAIT[alert.kind], alert

    def paused(self) -> bool:
        return paused_until(self.world.agency.patients[0].plan, self.clock.now()) is not None

    def teardown(self) -> None:
        """Channels recover, the patient is back and time goes on: every high alert that nobody answers is with the
        operations manager, again and again.
        """
        try:
            self.pause(minutes=0)
            self.world.answer = TAKEN
            for _ in range(40):
                self.pass_on(5 * MINUTE)
            for alert in self.live():
                assert alert.severity < Severity.HIGH or self.manager_knows(alert), alert
        finally:
            self.records.close()

    def pass_on(self, length: int) -> None:
        now = self.clock.advance(length)
        for number in (0, 1):
            self.world.do(number, Service.keep_house)
            self.tick(number, now)
            self.world.do(number, Service.drain)

    def manager_knows(self, alert: Alert) -> bool:
        notices = [d for d in self.records.deliveries().values() if d.alert == alert.id and d.recipient == "olga"]
        times = [d.sent_at for d in notices if d.state is DeliveryState.SENT and d.sent_at is not None]
        return max(times, default=0) > self.clock.now() - HOUR / 2
