"""A language that notices are written in: the catalogue's sentences, and dates and numbers as it writes them.

Sentences stand in the code in English, whole, with named gaps; ``locale/<language>/LC_MESSAGES/homevigil.po`` has them
in other languages. What a catalogue lacks is said in English: nobody is left untold for want of a translation.
"""

import gettext
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from alerts.tables import TABLES, Tables
from vitals.times import DAY, HOUR, MINUTE, SECOND

LOCALE: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "homevigil"


def mark(text: str) -> str:
    """The text as it is: marks a sentence of a table for the catalogue; it is said in a language later."""
    return text


def mark_many(one: str, many: str) -> tuple[str, str]:
    """The same for a sentence about one and its like about many."""
    return one, many


class Language:
    """One language. Safe to use from several threads."""

    def __init__(self, tables: Tables, catalogue: gettext.NullTranslations) -> None:
        self.code, self._tables, self._catalogue = tables.code, tables, catalogue

    def say(self, text: str, /, **gaps: Any) -> str:
        """A sentence of the catalogue, its gaps filled.

        >>> language("es").say("Measured {value}.", value="88 %"), language("xx").say("Measured {value}.", value=1)
        ('Medición: 88 %.', 'Measured 1.')
        """
        said = self._catalogue.gettext(text)
        return said.format(**gaps) if gaps else said

    def counted(self, one: str, many: str, count: float, /, **gaps: Any) -> str:
        """The sentence for one or for many; ``{count}`` is filled too.

        >>> [language("es").counted("{count} point", "{count} points", n) for n in (1, 3)]
        ['1 punto', '3 puntos']
        """
        whole = int(count) if count == int(count) else 2  # 1.5 points are many
        return self._catalogue.ngettext(one, many, whole).format(count=self.number(count), **gaps)

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number as people write it; without ``decimals`` as short as it is.

        >>> language("es").number(38.26, 1), ENGLISH.number(4.0)
        ('38,3', '4')
        """
        text = f"{value:g}" if decimals is None else f"{value:.{decimals}f}"
        return self.decimals(text)

    def decimals(self, text: str) -> str:
        """A number's text with this language's decimal sign."""
        return text.replace(".", self._tables.decimal)

    def duration(self, ms: float) -> str:
        """A duration in whole seconds, at most.

        >>> ENGLISH.duration(5_400_000), language("es").duration(5_400_999), ENGLISH.duration(0)
        ('1h30m', '1 h 30 min', '0s')
        """
        left, said = int(ms), []
        for unit, size in zip(self._tables.units, (DAY, HOUR, MINUTE, SECOND), strict=True):
            count, left = divmod(left, size)
            if count:
                said.append(f"{count}{unit}")
        return self._tables.gap.join(said) or f"0{self._tables.units[-1]}"

    def hours(self, ms: float) -> str:
        """A duration in hours, to a tenth.

        >>> ENGLISH.hours(5_400_000), language("es").hours(5_400_000)
        ('1.5h', '1,5 h')
        """
        return f"{self.number(round(ms / HOUR, 1))}{self._tables.units[1]}"

    def day(self, when: datetime) -> str:
        """A time of another day, in full.

        >>> ENGLISH.day(datetime(2026, 11, 18, 6, 48)), language("es").day(datetime(2026, 11, 18, 6, 48))
        ('06:48 on Wednesday 18 November', '06:48 del miércoles 18 de noviembre')
        """
        names = {"weekday": self._tables.days[when.weekday()], "month": self._tables.months[when.month - 1]}
        return self.say("{time} on {weekday} {day} {month}", time=f"{when:%H:%M}", day=when.day, **names)

    def short_day(self, when: datetime) -> str:
        """The same, short.

        >>> ENGLISH.short_day(datetime(2026, 11, 18, 6, 48)), language("es").short_day(datetime(2026, 11, 18, 6, 48))
        ('Wed 18 Nov 06:48', 'mié 18 nov, 06:48')
        """
        tables = self._tables
        names = {"weekday": tables.short_days[when.weekday()], "month": tables.short_months[when.month - 1]}
        return self.say("{weekday} {day} {month} {time}", time=f"{when:%H:%M}", day=when.day, **names)


@lru_cache(maxsize=64)
def language(code: str) -> Language:
    """The language of that code (ISO 639-1), or English where we have no words in it.

    >>> language("es").code, language("xx").code
    ('es', 'en')
    """
    place = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if code not in TABLES or not place.is_file():
        return ENGLISH
    with place.open("rb") as file:
        return Language(TABLES[code], gettext.GNUTranslations(file))


def languages() -> tuple[str, ...]:
    """The languages that there are words in."""
    return tuple(code for code in TABLES if language(code).code == code)


ENGLISH: Final = Language(TABLES["en"], gettext.NullTranslations())
