"""A drill: a marked test alert that takes the way of every alert, and rings one person with nothing to do."""

from typing import Final

from alerts.language import language, mark
from alerts.message import Message
from alerts.roster import Roster
from vitals.alert import Alert
from vitals.finding import FindingKey
from vitals.people import Caregiver, Role
from vitals.times import SECOND

RULE: Final = "event.drill"
OUTCOME: Final = "drill"
BY: Final = "drill"
_LASTS: Final = 30 * SECOND
TITLE: Final = mark("TEST homevigil")
WORDS: Final = mark("TEST of the way from the broker to you. Nothing is wrong, and there is nothing to do.")


def words(code: str) -> Message:
    """What whoever is rung reads, in the language of that code.

    >>> words("en").title, words("es").title
    ('TEST homevigil', 'PRUEBA de homevigil')
    """
    lang = language(code)
    return Message(lang.say(TITLE), lang.say(WORDS))


def is_drill(key: FindingKey) -> bool:
    """Whether it is a test and no alert of a patient: it counts nowhere.

    >>> is_drill(FindingKey("event.drill", "p1")), is_drill(FindingKey("event.fall", "p1"))
    (True, False)
    """
    return key.rule == RULE


def rung_for(alert: Alert, roster: Roster) -> tuple[Caregiver, ...]:
    """Who is rung for a drill: whom it names, and nobody else."""
    person = roster.caregivers.get(str(alert.evidence.get("caregiver", "")))
    return (person,) if person else ()


def waits_until(drill: Alert) -> int:
    """Until when whoever began it waits (ms UTC), as its event said. Then nobody is rung for it any more, and where
    they are gone and have not closed it, the desk does.
    """
    until = drill.evidence.get("until")
    return until if isinstance(until, int) else drill.opened + _LASTS


def usual(people: tuple[Caregiver, ...]) -> Caregiver | None:
    """Who is rung when nobody is named: the first operations manager with a channel."""
    return next((p for p in people if p.role is Role.OPERATIONS_MANAGER and p.channels), None)
