"""The live board of a running service: who may look, what they see, and what their answers do."""

from typing import Final

from alerts.desk import Desk
from alerts.language import Language, language
from alerts.links import BadLinkError
from alerts.passes import Passes
from alerts.replies import Answer
from alerts.sight import Reader, sees, sees_patient
from alerts.told_story import CHOOSE
from alerts.words_board import FOREIGN, MORE, OUTCOMES, STRANGE, labels, role_words
from dashboards.board.sheet import Choice, Refused
from dashboards.board.view import Card, Entry, Said, View, Watching
from monitor.answering import give
from monitor.board_cards import card, order
from monitor.board_cover import Cover
from monitor.board_mind import homes, minded, own
from monitor.settings import Settings
from monitor.web import the_passes
from store.ledger import SqlLedger
from store.ledger.audit import Act
from vitals.alert import Alert
from vitals.batch import Batch
from vitals.clock import Clock
from vitals.intake import Intake
from vitals.people import Caregiver
from vitals.presence import clocked
from vitals.times import SECOND

_SHOWN: Final = 100
"""Cards on one board: who has more open than this has another trouble, and is told how many there are."""
_DEVICE: Final = "board"


class Board:
    """Answers the board's pages. ``secure``: it is reached over TLS alone. Every look and every answer is written down
    with who it was.
    """

    def __init__(self, desk: Desk, ledger: SqlLedger, passes: Passes, clock: Clock, *, secure: bool = False) -> None:
        self._desk, self._ledger, self._passes, self._clock, self._secure = desk, ledger, passes, clock, secure
        self._cover = Cover()

    def enter(self, token: str) -> Entry:
        """Open a session for whose link it is."""
        now = self._clock.now()
        try:
            who = self._passes.who_opens(token, now)
        except BadLinkError as error:
            raise Refused(410, str(error)) from None
        if who not in self._desk.roster.caregivers:
            raise Refused(410, "This link is for somebody who is no longer here.")
        self._ledger.note(Act(now, who, "enter", "board", {"by": "link"}))
        return Entry(self._passes.session(who, now), self._passes.session_valid // SECOND, self._secure)

    def see(self, session: str) -> View:
        """The board for whose session it is."""
        reader = self._reader(session)
        person, lang, patients = reader.person, reader.lang, own(reader)
        mine = [it for it in self._ledger.live() if sees(reader.roster, person, it, reader.now)]
        away, here = homes(reader, patients)
        return View(
            lang.code,
            reader=_reader_words(person, lang),
            as_of=reader.at(reader.now),
            labels=labels(lang),
            outcomes=[Choice(name, lang.say(words)) for name, words in OUTCOMES.items()],
            cards=[self._card(alert, reader) for alert in sorted(mine, key=order)[:_SHOWN]],
            rest=lang.counted(*MORE, len(mine) - _SHOWN) if len(mine) > _SHOWN else "",
            mind=minded(reader, patients, self._cover.lacks(reader.roster, reader.now)),
            away=away,
            here=here,
            form=self._passes.form(session),
        )

    def looked(self, session: str, view: View) -> None:
        """Write down who was shown which alerts."""
        shown = {"by": "board", "alerts": [it.id for it in view.cards]}
        self._ledger.note(Act(self._clock.now(), self._reader(session).person.id, "look", "board", shown))

    def take(self, session: str, said: Said) -> None:
        """An answer, exactly as a link's page takes it."""
        reader = self._reader(session, said.form)
        lang, alert = reader.lang, self._ledger.alert(said.alert)
        if alert is None or not sees(reader.roster, reader.person, alert, reader.now):
            raise Refused(404, lang.say(STRANGE))
        outcome = said.outcome or next(iter(OUTCOMES))
        if said.answer not in list(Answer) or outcome not in OUTCOMES:
            raise Refused(400, lang.say(CHOOSE))
        answer, note, seen = Answer(said.answer), said.note, said.seen
        give(self._desk, alert, reader.person, answer, reader.now, note=note, seen=seen, outcome=outcome)

    def clock(self, session: str, form: str, patient: str, *, out: bool) -> None:
        """The reader comes to a patient, or leaves."""
        reader = self._reader(session, form)
        person, now = reader.person, reader.now
        if patient not in reader.roster.patients or not sees_patient(reader.roster, person, patient, now):
            raise Refused(404, reader.lang.say(STRANGE))
        event = clocked(patient, person.id, now, out=out, device=_DEVICE)
        self._desk.record(Intake(Batch.empty(), events=(event,)), [], now)
        self._cover.forget()
        self._ledger.note(Act(now, person.id, event.event.value, patient, {"by": "board"}))

    def _card(self, alert: Alert, reader: Reader) -> Card:
        return card(alert, reader, self._ledger.deliveries(alert.id), self._ledger.transitions(alert.id))

    def _reader(self, session: str, form: str | None = None) -> Reader:
        """Whose session it is; with ``form``, only if the form is of this session."""
        now, roster = self._clock.now(), self._desk.roster
        try:
            person = roster.caregivers.get(self._passes.who_looks(session, now))
        except BadLinkError as error:
            raise Refused(401, str(error)) from None
        if person is None:
            raise Refused(401, "This board is of somebody who is no longer here.")
        if form is not None and not self._passes.is_form(session, form):
            raise Refused(403, language(person.language).say(FOREIGN))
        return Reader(person, roster, self._desk.silencing.known, now)


def _reader_words(person: Caregiver, lang: Language) -> str:
    role = role_words(person.role, lang)
    return person.name if person.name.casefold() == role.casefold() else f"{person.name} · {role}"


def the_board(settings: Settings, desk: Desk, ledger: SqlLedger, clock: Clock) -> Watching:
    """The board of a service with these settings."""
    secure = (settings.web.public_url or "").startswith("https://")
    return Board(desk, ledger, the_passes(settings), clock, secure=secure)
