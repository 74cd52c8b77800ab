"""What a reply from a phone means: a word or two, and perhaps the alert's code.

People answer as they write to each other: "ok", "On my way", "2 jo4oa". The first word decides, in English or Spanish.
STOP, HELP and their like belong to the text-message carrier (it answers them itself), so none of them is ours.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class Answer(StrEnum):
    """What a caregiver can say to an alert."""

    ACKNOWLEDGE = "acknowledge"
    ON_MY_WAY = "on_my_way"
    CHECKED_FINE = "checked_fine"
    ARTEFACT = "artefact"
    CALL_FOR_HELP = "call_for_help"
    DEALT_WITH = "dealt_with"


class Reply(NamedTuple):
    """A reply understood: ``code`` is upper case, and empty when none was given; ``note`` is what else was said."""

    answer: Answer
    code: str
    note: str


_PHRASES: Final = {
    Answer.ON_MY_WAY: ("2", "way", "omw", "on my way", "coming", "voy", "en camino", "camino"),
    Answer.CHECKED_FINE: ("3", "fine", "checked fine", "checked", "all fine", "bien", "revisado", "todo bien"),
    Answer.ARTEFACT: ("4", "artefact", "artifact", "sensor", "false", "artefacto", "falsa"),
    Answer.CALL_FOR_HELP: ("5", "call", "call for help", "send help", "nurse", "ayuda", "pedir ayuda", "enfermera"),
    Answer.DEALT_WITH: ("6", "done", "dealt with", "helped", "hecho", "resuelto", "resuelta"),
    Answer.ACKNOWLEDGE: ("1", "ok", "okay", "yes", "y", "ack", "acknowledge", "acknowledged", "taken", "si", "vale"),
}
_MEANING: Final = {phrase: answer for answer, phrases in _PHRASES.items() for phrase in phrases}
_LONGEST: Final = max(len(phrase.split()) for phrase in _MEANING)
_CODE: Final = re.compile(r"^[A-Z2-7]{10}$")
_NOTE: Final = 300


def understood(text: str) -> Reply | None:
    """The reply a text message holds, or None when it holds none that we know.

    >>> understood("On my way, jo4oa2zldi. Ten minutes")
    Reply(answer=<Answer.ON_MY_WAY: 'on_my_way'>, code='JO4OA2ZLDI', note='Ten minutes')
    >>> understood("Sí").answer.value, understood("what is this?")
    ('acknowledge', None)
    """
    words = text.split()
    codes = [word for word in words if _CODE.match(_bare(word).upper())]
    said = [word for word in words if word not in codes]
    for count in range(min(_LONGEST, len(said)), 0, -1):
        answer = _MEANING.get(" ".join(_bare(word) for word in said[:count]))
        if answer is not None:
            return Reply(answer, _bare(codes[0]).upper() if codes else "", " ".join(said[count:])[:_NOTE])
    return None


def choices() -> Iterable[tuple[str, Answer]]:
    """What can be answered by a single digit, in order.

    >>> [digit for digit, _ in choices()]
    ['1', '2', '3', '4', '5', '6']
    """
    return sorted((phrases[0], answer) for answer, phrases in _PHRASES.items())


def _bare(word: str) -> str:
    """Lower case, without accents and punctuation at its ends."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(".,;:!?¡¿\"'()-")
