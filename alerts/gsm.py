"""Text that fits one short message: the GSM 7-bit alphabet, at most 160 septets (3GPP TS 23.038)."""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
_SAID = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "°": " ", "×": "x"})
LIMIT = 160


def septets(text: str) -> int:
    """How many septets the text takes; ValueError if a character is not in the alphabet.

    >>> septets("20 €")
    5
    """
    odd = set(text) - _BASIC - _EXTENDED
    if odd:
        raise ValueError(f"{sorted(odd)!r} are not in the GSM 7-bit alphabet")
    return len(text) + sum(character in _EXTENDED for character in text)


def plain(text: str) -> str:
    """The text in the GSM alphabet: accents that it lacks are dropped, what has no likeness becomes ``?``.

    >>> plain("Noël – ça va…")
    'Noel - ca va...'
    """
    return "".join(_likeness(character) for character in text.translate(_SAID))


def _likeness(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if c in _BASIC)
    return base or "?"


def fit(text: str, *, tail: str = "") -> str:
    """The text cut to one message, with ``tail`` (a link, a reference) kept whole at its end.

    >>> len(fit("x" * 300, tail=" https://a.example/k"))
    160
    """
    text, tail = plain(text), plain(tail)
    room = LIMIT - septets(tail)
    while septets(text) > room:
        text = text[: room if septets(text) - room > 1 and len(text) > room else -1]
    return text + tail
