"""A desk behind the page of a link that remembers what it was asked."""

from dataclasses import replace

from dashboards.board.sheet import Choice, Refused, Sheet

SHEET = Sheet(
    language="en",
    severity="high",
    urgency="Act now",
    title="Oxygen saturation low",
    patient="Patient 0017",
    lines=("Measured 84 %, limit 88 %.", "<script>alert(1)</script>"),
    history=("02:10 told ana",),
    choices=(Choice("acknowledge", "I take it", loud=True), Choice("artefact", "Sensor problem")),
    note="Note (optional)",
)


class Desk:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.looks: list[str] = []
        self.taken: list[tuple[str, str, str]] = []

    def look(self, token: str) -> Sheet:
        if token != "good":
            raise Refused(410, "This link has expired.")
        self.looks.append(token)
        return replace(SHEET, choices=(), said="Taken on.") if self.taken else SHEET

    def take(self, token: str, answer: str, note: str) -> None:
        if token != "good":
            raise Refused(410, "This link has expired.")
        self.taken.append((token, answer, note))
