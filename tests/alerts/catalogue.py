"""The sentences of the code, and the catalogues that hold them in other languages."""

import io
import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from alerts.language import DOMAIN, LOCALE

KEYWORDS = {"say": None, "mark": None, "counted": (1, 2), "mark_many": (1, 2)}
CATALOGUES = sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


@cache
def sentences() -> frozenset[str | tuple[str, ...]]:
    """What the code says; a pair where one and many differ."""
    found: set[str | tuple[str, ...]] = set()
    for file in LOCALE.parent.glob("*.py"):
        found.update(text for _, text, _, _ in extract("python", io.BytesIO(file.read_bytes()), keywords=KEYWORDS))
    return frozenset(found)


def read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file)


def gaps(text: str) -> set[str]:
    """The names of a sentence's gaps."""
    return set(re.findall(r"\{(\w+)\}", text))
