"""What pages and text messages ask of the desk: to show an alert to whoever holds its link, and to take an answer."""

from alerts.desk import Desk
from alerts.errors import AlertOverError, AlreadyAcknowledgedError
from alerts.language import Language, language
from alerts.links import BadLinkError, Links, Pass
from alerts.message import compose, urgency
from alerts.notices import patient_of
from alerts.phones import whose
from alerts.private import LABELS
from alerts.replies import Answer, understood
from alerts.saying import say
from alerts.told_story import CHOOSE, HINT, NOTE, NOTED, WHICH, happened, stands
from dashboards.board.sheet import Choice, Refused, Sheet
from store.ledger import SqlLedger
from store.ledger.audit import Act
from vitals.alert import Alert, AlertState
from vitals.clock import Clock
from vitals.people import Caregiver


class Answers:
    """Answers the pages and the text messages. Every look and every answer is written down with who it was."""

    def __init__(self, desk: Desk, ledger: SqlLedger, links: Links | None, clock: Clock) -> None:
        self._desk, self._ledger, self._links, self._clock = desk, ledger, links, clock

    def look(self, token: str) -> Sheet:
        """The alert of a link, for a page."""
        granted, person, alert = self._granted(token)
        now, lang = self._clock.now(), language(person.language)
        self._ledger.note(Act(now, person.id, "look", alert.id, {"by": "link"}))
        patient = patient_of(self._desk.roster, alert.key.patient)
        said = compose(alert, patient, person.role, now, code=person.language)
        history = self._ledger.transitions(granted.alert)
        name = f"{patient.short_code} · {patient.name}" if patient.id else ""
        title = said.title.removeprefix(f"{urgency(alert, lang)}: ").removesuffix(f" – {patient.name}")
        return Sheet(
            *(lang.code, alert.severity.word, urgency(alert, lang), title, name),
            lines=said.body.splitlines()[:-1],
            history=happened(history, lang, person.timezone, now),
            choices=choices(alert, lang),
            note=lang.say(NOTE),
            said=stands(alert, lang),
        )

    def take(self, token: str, answer: str, note: str) -> None:
        """An answer from a page; the whole alert stood before their eyes."""
        _, person, alert = self._granted(token)
        if answer not in list(Answer):
            raise Refused(400, language(person.language).say(CHOOSE))
        self._say(alert, person, Answer(answer), note, whole=True)

    def text(self, sender: str, body: str, message_id: str) -> str:  # noqa: ARG002  (an answer given twice changes nothing)
        """An answer by text message; returns what is texted back."""
        person = whose(sender, self._desk.roster.agency.caregivers)
        if person is None:
            return ""  # a stranger learns nothing, not even that this number is ours
        lang, reply = language(person.language), understood(body)
        if reply is None:
            return lang.say(HINT)
        alert = self._meant(person, reply.code)
        if alert is None:
            return lang.say(WHICH, code="JO4OA2ZLDI")
        try:
            self._say(alert, person, reply.answer, reply.note, whole=False)
        except Refused as refusal:
            return str(refusal)
        return lang.say(NOTED, alert=alert.id, answer=lang.say(LABELS[reply.answer]))

    def _say(self, alert: Alert, person: Caregiver, answer: Answer, note: str, *, whole: bool) -> None:
        seen = alert.seq if whole else None
        give(self._desk, alert, person, answer, self._clock.now(), note=note, seen=seen)

    def _granted(self, token: str) -> tuple[Pass, Caregiver, Alert]:
        if self._links is None:
            raise Refused(404, "There are no links here.")
        try:
            granted = self._links.read(token, self._clock.now())
        except BadLinkError as error:
            raise Refused(410, str(error)) from None
        person, alert = self._desk.roster.caregivers.get(granted.caregiver), self._ledger.alert(granted.alert)
        if person is None or alert is None:
            raise Refused(410, "This link is for somebody or something that is no longer here.")
        return granted, person, alert

    def _meant(self, person: Caregiver, code: str) -> Alert | None:
        """The alert that was named; without a name the only live one that this person was told of."""
        told = {d.alert for d in self._ledger.deliveries(limit=2_000) if d.recipient == person.id}
        if code:
            return self._ledger.alert(code) if code in told else None
        live = [alert for alert in self._ledger.live() if alert.id in told]
        return live[0] if len(live) == 1 else None


def give(
    desk: Desk,
    alert: Alert,
    person: Caregiver,
    answer: Answer,
    now: int,
    *,
    note: str,
    seen: int | None,
    outcome: str = "true",
) -> None:
    """A person's answer to the desk; Refused, in their words, when the alert is over or somebody else has it."""
    lang = language(person.language)
    try:
        say(desk, answer, alert.id, by=person.id, now=now, note=note, seen=seen, outcome=outcome)
    except AlreadyAcknowledgedError:
        if alert.acknowledged_by != person.id:
            raise Refused(409, stands(alert, lang)) from None
    except AlertOverError:
        raise Refused(410, stands(alert, lang)) from None


def choices(alert: Alert, lang: Language) -> tuple[Choice, ...]:
    """What is left to say: who has not taken it on cannot have dealt with it, who has need not take it on."""
    if not alert.state.live:
        return ()
    done = Answer.ACKNOWLEDGE if alert.state is AlertState.ACKNOWLEDGED else Answer.DEALT_WITH
    loud = (Answer.ACKNOWLEDGE, Answer.DEALT_WITH, Answer.CALL_FOR_HELP)
    left = ((answer, _capital(lang.say(words))) for answer, words in LABELS.items() if answer is not done)
    return tuple(Choice(answer.value, words, answer in loud) for answer, words in left)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
