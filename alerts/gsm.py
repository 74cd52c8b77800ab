"""Text that fits one short message: the GSM 7-bit alphabet, at most 160 septets (3GPP TS 23.038)."""

import unicodedata
from functools import lru_cache

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
_ALPHABET = _BASIC | _EXTENDED
_SAID = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "°": " ", "×": "x"})
LIMIT = 160


def septets(text: str) -> int:
    """How many septets the text takes; ValueError if a character is not in the alphabet.

    >>> septets("20 €")
    5
    """
    odd = set(text) - _ALPHABET
    if odd:
        raise ValueError(f"{sorted(odd)!r} are not in the GSM 7-bit alphabet")
    return len(text) + sum(character in _EXTENDED for character in text)


def plain(text: str) -> str:
    """The text in the GSM alphabet: accents that it lacks are dropped, what has no likeness becomes ``?``.

    >>> plain("Noël – ça va…")
    'Noel - ca va...'
    """
    said = text.translate(_SAID)
    return said if _ALPHABET.issuperset(said) else "".join(map(_likeness, said))


@lru_cache(maxsize=4096)
def _likeness(character: str) -> str:
    if character in _ALPHABET:
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if c in _BASIC)
    return base or "?"


def fit(text: str, *, tail: str = "") -> str:
    """The text cut to one message, with ``tail`` (a link, a reference) kept whole at its end if it fits.

    >>> len(fit("x" * 300, tail=" https://a.example/k"))
    160
    """
    text, tail = plain(text), plain(tail)
    room = LIMIT - septets(tail)
    while text and septets(text) > room:
        text = text[: room if septets(text) - room > 1 and len(text) > room else -1]
    return text + tail if room >= 0 else fit(tail)
