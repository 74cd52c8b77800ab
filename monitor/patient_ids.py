"""Patients' ids in recordings: they become parts of topics and links, so not every name will do."""

from collections.abc import Iterable
from typing import Final

from pydantic import TypeAdapter, ValidationError

from vitals.errors import BadDataError
from vitals.people import Identifier

_ID: Final[TypeAdapter[str]] = TypeAdapter(Identifier)


def check_ids(ids: Iterable[str]) -> None:
    """BadDataError with the remedy for the first that is none.

    >>> check_ids(["p000001", "A-7"])
    >>> check_ids(["B/1"])
    Traceback (most recent call last):
    ...
    vitals.errors.BadDataError: patient 'B/1': an id is up to 64 letters (A to Z), digits and . _ : - and ...
    """
    for name in ids:
        try:
            _ID.validate_python(name)
        except ValidationError:
            raise BadDataError(
                f"patient {name!r}: an id is up to 64 letters (A to Z), digits and . _ : - and begins with a letter or "
                "digit: rename this one in readings and labels (of a folder of .psv files: the file)"
            ) from None
