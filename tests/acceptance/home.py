"""What people do and see in a home, in words a nurse can read."""

import json
from typing import Any

from tests.acceptance.doorstep import Notice
from tests.acceptance.house import House
from tests.acceptance.people import at
from vitals.alert import Alert
from vitals.intake import Message
from vitals.times import HOUR, MINUTE, SECOND, iso, parse_duration


class Home(House):
    """Push readings, move the clock, answer, and see who was told what."""

    # what arrives

    def push(
        self, time: str | int, *, patient: str = "p1", device: str = "oximeter", retained: bool = False, **vitals: Any
    ) -> None:
        """A reading measured at ``time`` arrives: now, or at that time if it lies ahead."""
        when = at(time) if isinstance(time, str) else time
        self.until(max(when, self.clock.now()))
        self.arrive({"time": iso(when), "vitals": vitals}, patient=patient, device=device, retained=retained)

    def stream(
        self, start: str, end: str, every: str = "20s", *, patient: str = "p1", device: str = "oximeter", **vitals: Any
    ) -> None:
        """Readings every so often from ``start`` until before ``end``."""
        for time in range(at(start), at(end), parse_duration(every)):
            self.push(time, patient=patient, device=device, **vitals)

    def happens(
        self, event: str, time: str = "", *, device: str = "button", retained: bool = False, **more: Any
    ) -> None:
        """An event of that time (default: of now) arrives: now, or at that time if it lies ahead."""
        when = at(time) if time else self.clock.now()
        self.until(max(when, self.clock.now()))
        self.arrive({"time": iso(when), "event": event, **more}, device=device, kind="event", retained=retained)

    def arrive(self, payload: Any, **to: Any) -> None:
        """A message arrives, and what follows from it happens."""
        self.sends(payload, **to)
        self.pipeline.step(0)
        self._deliver()

    def sends(
        self,
        payload: Any,
        *,
        patient: str = "p1",
        device: str = "oximeter",
        kind: str = "vitals",
        retained: bool = False,
    ) -> None:
        """A device sends a message, which waits at the broker until the service next looks."""
        topic = f"homevigil/v1/care/{patient}/{device}/{kind}"
        self.broker.queue.append(Message(topic, json.dumps(payload).encode(), self.clock.now(), retained))

    def fast_forward(self, **parts: int) -> None:
        """Hours, minutes and seconds in which nothing arrives."""
        units = {"hours": HOUR, "minutes": MINUTE, "seconds": SECOND}
        self.until(self.clock.now() + sum(units[name] * number for name, number in parts.items()))

    # what people do

    def acknowledge(self, who: str, words: str = "") -> None:
        """Somebody takes on what they were told last."""
        self.desk.acknowledge(self._last(who, words).alert, who, self.clock.now())
        self._deliver()

    def snooze(self, who: str, **parts: int) -> None:
        """Somebody puts off what they were told last, by so many minutes."""
        until = self.clock.now() + parts["minutes"] * MINUTE
        self.desk.snooze(self._last(who).alert, who, until, self.clock.now())

    def silence(self, who: str, *, patient: str = "p1", **parts: Any) -> None:
        """Somebody sees to it that nobody is told of (some of) a patient's alerts for so many minutes."""
        now, minutes = self.clock.now(), parts.pop("minutes")
        self.desk.silencing.set(patient, until=now + minutes * MINUTE, reason="therapy", by=who, now=now, **parts)

    def closes(self, who: str, words: str = "") -> None:
        """Somebody declares it dealt with."""
        self.desk.close(self._last(who, words).alert, who, "true", self.clock.now())

    # what is seen

    def notices(self, who: str, words: str = "") -> list[str]:
        """All that somebody has been told, with those words in it."""
        return [n.text for n in self._heard(who, words)]

    def times(self, who: str, words: str = "") -> list[str]:
        """When somebody was told, UTC, ``HH:MM``; a time between two minutes is that of the one begun."""
        return [iso(n.time)[11:16] for n in self._heard(who, words)]

    def expect(self, who: str, words: str = "", *, within: str = "0s") -> str:
        """That person has been told, or is told within that time; what they read last."""
        self.until(self.clock.now() + parse_duration(within), lambda: self.notices(who, words))
        found = self.notices(who, words)
        assert found, f"{who} was not told {words!r}; told: {self._everything()}"
        return found[-1]

    def expect_again(self, who: str, words: str = "", *, within: str) -> str:
        """That person, who may have been told before, is told once more within that time."""
        before = len(self.notices(who, words))
        self.until(self.clock.now() + parse_duration(within), lambda: len(self.notices(who, words)) > before)
        assert len(self.notices(who, words)) > before, f"{who} was not told again; told: {self._everything()}"
        return self.notices(who, words)[-1]

    def nobody_hears_of(self, words: str = "", *, but: str = "", for_: str = "0s") -> None:
        """Nobody has been told, nor is within that time, except who is named."""
        self.until(self.clock.now() + parse_duration(for_))
        heard = [n for n in self.phones.heard if words in n.text and n.who != but]
        assert not heard, heard

    def hears_no_more(self, who: str, words: str = "", *, for_: str) -> None:
        """That person is not told (again) for so long."""
        before = self.notices(who, words)
        self.until(self.clock.now() + parse_duration(for_))
        assert self.notices(who, words) == before, self._everything()

    def live(self, rule: str = "") -> list[Alert]:
        """What stands, as the ledger has it; fused ones reason by reason."""
        parts = [part for alert in self.ledger.live() for part in alert.parts()]
        return [part for part in parts if part.key.rule.startswith(rule)]

    def _heard(self, who: str, words: str) -> list[Notice]:
        return [n for n in self.phones.heard if n.who == who and words in n.text]

    def _last(self, who: str, words: str = "") -> Notice:
        return [n for n in self._heard(who, words) if n.alert][-1]

    def _everything(self) -> list[str]:
        return [f"{iso(n.time)[11:19]} {n.who}: {n.text}" for n in self.phones.heard]
