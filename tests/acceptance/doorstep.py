"""What stands at both ends of a home in miniature: the broker's queue, and the phones."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from alerts.channels.base import Failure, Sent
from vitals.clock import Clock
from vitals.finding import Severity
from vitals.intake import Message

_CODE = re.compile(r"(?:\bAlert |\bRef |/a/)([A-Z2-7]{10})\b")


class Broker:
    """Hands each message out once, and again after a restart while it has not been acknowledged."""

    def __init__(self) -> None:
        self.queue: list[Message] = []
        self.unacknowledged: list[Message] = []
        self.reachable = True

    def take(self, timeout: float) -> list[Message]:
        if not self.reachable:
            return []
        taken, self.queue = self.queue, []
        self.unacknowledged += taken
        return taken

    def acknowledge(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.unacknowledged.remove(message)

    def redeliver(self) -> None:
        self.queue, self.unacknowledged = self.unacknowledged + self.queue, []


class Notice(NamedTuple):
    """What somebody has read on a phone; ``time`` in ms UTC, ``alert`` the code it names, if it does."""

    who: str
    time: int
    text: str
    alert: str


@dataclass
class Phones:
    """Everybody's phone: takes a notice, refuses it while it is ``dead``, does not answer while it is ``hanging``."""

    clock: Clock
    heard: list[Notice] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    hanging: dict[str, threading.Event] = field(default_factory=dict)
    rang: threading.Condition = field(default_factory=threading.Condition)

    def send(self, url: str, title: str, body: str, severity: Severity, key: str = "") -> Sent:
        who = url.removeprefix("console://")
        if who in self.hanging:
            self.hanging[who].wait(30)
        if who in self.dead:
            return Sent(ok=False, text="no answer", failure=Failure.UNREACHABLE)
        code = _CODE.search(body)
        with self.rang:
            self.heard.append(Notice(who, self.clock.now(), f"{title}\n{body}", code[1] if code else ""))
            self.rang.notify_all()
        return Sent(ok=True, text="taken")

    def wait_for(self, who: str, words: str, seconds: float = 20) -> bool:
        """Whether it is heard, by wall seconds: for an outbox with threads of its own."""
        with self.rang:
            return self.rang.wait_for(lambda: any(n.who == who and words in n.text for n in self.heard), seconds)
