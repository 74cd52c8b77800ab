"""What the tests of faults share: the service as a process that may be killed, an agency, and a way to wait."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.service import Service
from vitals.agency import Agency, Patient
from vitals.clock import elapsed
from vitals.people import Assignment, Caregiver, Role
from vitals.plan import CarePlan, Limits

AGENCY = "care"


def until(done: Callable[[], bool], seconds: float, what: str, *, every: float = 0.02) -> None:
    """Look again and again until it is so; what is waited for has no event of its own across processes."""
    deadline, pause = elapsed() + seconds, threading.Event()
    while not done():
        assert elapsed() < deadline, f"not within {seconds:g} s: {what}"
        pause.wait(every)


def agency(url: str, patients: list[str], *, caregiver: str = "cna") -> Agency:
    """Patients who alarm on the first low saturation, and one assistant who is told."""
    plan = CarePlan(limits={"spo2": Limits(alert_low=88, warning_low=92, on_delay=0)})
    channel = {"name": "phone", "url": url}
    cna = {"id": caregiver, "name": caregiver, "role": Role.CNA, "timezone": "UTC", "channels": [channel]}
    return Agency(
        id=AGENCY,
        patients=tuple(Patient(id=p, name=p, timezone="UTC", plan=plan) for p in patients),
        caregivers=(Caregiver.model_validate(cna),),
        assignments=tuple(Assignment(patient=p, caregiver=caregiver) for p in patients),
    )


class Watch(Service):
    """The service, with a limit to every wait; ``embedded``: it brings its own broker on that port."""

    def __init__(self, folder: Path, port: int, people: Agency, *, embedded: bool = False) -> None:
        self.port, self._starts, self._started = port, 0, 0.0
        super().__init__(folder, port, people)
        if embedded:
            settings = folder / "homevigil.toml"
            settings.write_text(settings.read_text().replace("embedded = false", "embedded = true"))

    def start(self) -> None:
        """Returns when it has subscribed."""
        self._starts += 1
        log = self.folder / f"service-{self._starts}.log"
        command = [sys.executable, "-m", "monitor.cli", "run", "--config", str(self.folder / "homevigil.toml")]
        with log.open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)

        def watches() -> bool:
            assert self.pid, log.read_text()
            return b"homevigil watches" in log.read_bytes()

        until(watches, 30, "the service starts")
        until(self.connected, 15, "the service subscribes")
        self._started = elapsed()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    def connected(self) -> bool:
        return self.metric('homevigil_stage_up{part="broker"}') == 1

    def messages(self) -> int:
        """How many messages this run has acknowledged."""
        return int(self.metric("homevigil_messages_total"))

    def settle(self, redelivered_after: float = 0.0) -> None:
        """Wait until nothing comes any more. ``redelivered_after``: how long, after a kill, the broker waits for the
        acknowledgements of the dead before it redelivers, in seconds.
        """
        seen, since = self.messages(), elapsed()

        def silent() -> bool:
            nonlocal seen, since
            if (now := self.messages()) != seen:
                seen, since = now, elapsed()
            return elapsed() > max(since + 1, self._started + redelivered_after + 1)

        until(silent, 60, "the flow of messages ends", every=0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; asked kindly, it must do so in time and well."""
        if self._process is not None:
            self._process.send_signal(how)
            code = self._process.wait(20)
            self._process = None
            assert code == (-how if how == signal.SIGKILL else 0), self.last_words()

    def last_words(self) -> str:
        return (self.folder / f"service-{self._starts}.log").read_text()


@contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """Started; killed at the end if the test has not stopped it."""
    try:
        watch.start()
        yield watch
    finally:
        watch.stop(signal.SIGKILL)
