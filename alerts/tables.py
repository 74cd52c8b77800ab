"""What each language writes in its own way and no translator can: days, months, the decimal sign, units of time.

Small tables of our own (after the Unicode CLDR), so that no process-wide locale is ever switched: notices in two
languages leave at once.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tables:
    """``days`` begin on Monday, ``months`` in January; ``units`` are day, hour, minute, second; ``gap`` joins them."""

    code: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    short_days: tuple[str, ...]
    short_months: tuple[str, ...]
    units: tuple[str, str, str, str]
    gap: str = ""
    decimal: str = "."


def _first(words: str, letters: int) -> tuple[str, ...]:
    return tuple(word[:letters] for word in words.split())


_EN_DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_EN_MONTHS: Final = "January February March April May June July August September October November December"
_ES_DAYS: Final = "lunes martes miércoles jueves viernes sábado domingo"
_ES_MONTHS: Final = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"

TABLES: Final = {
    "en": Tables(
        "en", tuple(_EN_DAYS.split()), tuple(_EN_MONTHS.split()), _first(_EN_DAYS, 3), _first(_EN_MONTHS, 3),
        ("d", "h", "m", "s"),
    ),
    "es": Tables(
        "es", tuple(_ES_DAYS.split()), tuple(_ES_MONTHS.split()), _first(_ES_DAYS, 3),
        ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"),
        (" d", " h", " min", " s"), gap=" ", decimal=",",
    ),
}  # fmt: skip
"""By language (ISO 639-1)."""
