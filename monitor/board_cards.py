"""An alert as a card of the board: in the words of the reader's role and language."""

from collections.abc import Sequence
from typing import Final

from alerts.board_marks import marks
from alerts.message import compose, urgency
from alerts.notices import patient_of
from alerts.replies import Answer
from alerts.sight import Reader
from alerts.told_story import happened, stands
from alerts.words_board import told
from dashboards.board.view import Card
from monitor.answering import choices
from vitals.alert import Alert, AlertState, Delivery, Transition

AT_HAND: Final = (Answer.ACKNOWLEDGE, Answer.ON_MY_WAY, Answer.CALL_FOR_HELP)
"""What must not be looked for; the other answers are a touch away."""


def card(alert: Alert, reader: Reader, notices: Sequence[Delivery], history: Sequence[Transition]) -> Card:
    """One alert; ``notices`` and ``history`` are those about it."""
    person, lang, now, zone = reader.person, reader.lang, reader.now, reader.person.timezone
    patient = patient_of(reader.roster, alert.key.patient)
    said = compose(alert, patient, person.role, now, code=person.language)
    title = said.title.removeprefix(f"{urgency(alert, lang)}: ").removesuffix(f" – {patient.name}")
    offered = [choice for choice in choices(alert, lang) if choice.name != Answer.DEALT_WITH]
    return Card(
        *(alert.id, alert.seq, alert.severity.word, urgency(alert, lang), title, reader.patient(patient)),
        taken=alert.state is AlertState.ACKNOWLEDGED,
        lines=said.body.splitlines()[:-1],
        told=told(notices, lang, zone, now),
        stands=stands(alert, lang),
        marks=marks(alert, history, patient, reader),
        history=happened(history, lang, zone, now),
        first=[choice for choice in offered if choice.name in AT_HAND],
        more=[choice for choice in offered if choice.name not in AT_HAND],
    )


def order(alert: Alert) -> tuple[bool, int, int, str]:
    """What nobody has answered first, then the more severe, then the older."""
    return alert.state is AlertState.ACKNOWLEDGED, -alert.severity, alert.opened, alert.id
