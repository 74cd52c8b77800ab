"""``python -m bench.catalogue``: bring the catalogues of the notices' words up to date with the code, and compile them.

``--new LANGUAGE`` begins one; ``--check`` only says what is missing. Needs Babel, which the service itself does not.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from alerts.language import DOMAIN, LOCALE

KEYWORDS = {"say": None, "mark": None, "counted": (1, 2), "mark_many": (1, 2)}
"""The functions whose first arguments are sentences; two where one and many differ."""
Sentence = str | tuple[str, ...]


def sentences() -> dict[Sentence, str]:
    """What the code says, and the file that says it first."""
    found: dict[Sentence, str] = {}
    for file in sorted(LOCALE.parent.glob("*.py")):
        for _, text, _, _ in extract("python", io.BytesIO(file.read_bytes()), keywords=KEYWORDS):
            found.setdefault(text, f"alerts/{file.name}")
    return found


def catalogues() -> list[Path]:
    """The files that translators write."""
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(po: Path) -> Catalog:
    """A catalogue as it is written."""
    with po.open("rb") as file:
        return read_po(file)


def missing(written: Catalog) -> Iterator[Sentence]:
    """What of the code it does not say."""
    for text in sentences():
        message = written.get(text)
        said = message.string if message else ""
        if not all(said if isinstance(said, tuple) else [said]):
            yield text


def renewed(old: Catalog) -> Catalog:
    """The code's sentences, with the translations that there are."""
    new = Catalog(old.locale, DOMAIN, header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    for text, file in sentences().items():
        message = old.get(text)
        new.add(text, message.string if message else "", locations=[(file, 1)])
    return new


def write(po: Path, new: Catalog) -> None:
    """The catalogue, and beside it what the service reads."""
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, new, width=120, include_lineno=False)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, new)


def main() -> int:
    """Exit status 1 when a sentence has no translation."""
    parser = argparse.ArgumentParser(prog="python -m bench.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--new", metavar="LANGUAGE", help="begin a catalogue, for example fr")
    asked = parser.parse_args()
    if asked.new:
        begun = Catalog(asked.new, DOMAIN, project=DOMAIN, version="1", header_comment="# Notices.", fuzzy=False)
        write(LOCALE / asked.new / "LC_MESSAGES" / f"{DOMAIN}.po", renewed(begun))
    lacking = 0
    for po in catalogues():
        new = renewed(read(po))
        if not asked.check:
            write(po, new)
        for text in missing(new):
            lacking += 1
            print(f"{po.parts[-3]}: no words for {text!r}")
    return int(lacking > 0)


if __name__ == "__main__":
    sys.exit(main())
