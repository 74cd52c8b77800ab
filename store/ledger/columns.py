"""How the ledger's values become SQL: text that any payload may hold, and JSON that is always JSON."""

import json
import math
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Integer, Text, TypeDecorator


class Words(TypeDecorator[str]):
    """Text that may come from outside.

    PostgreSQL refuses U+0000 and both databases refuse lone surrogates: one odd byte in a payload must not stop
    the line for ever, so these are written as escapes.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (the interface)
        return value if value is None else mend(value)


Millis = BigInteger
"""Milliseconds since 1970, UTC."""

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives; SQLite numbers only what is called INTEGER."""

Json = JSON(none_as_null=True)
"""PostgreSQL's ``json``, not ``jsonb``: it keeps what it was given, an escaped U+0000 included."""


def mend(text: str) -> str:
    r"""The text with what a database refuses written as an escape.

    >>> mend("fine"), mend("a\x00b")
    ('fine', 'a\\x00b')
    """
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def dumps(value: Any) -> str:
    """JSON in ASCII. NumPy scalars become numbers, and what JSON has no word for (NaN, infinities) null.

    >>> dumps({"value": float("nan"), "unit": "%"})
    '{"value": null, "unit": "%"}'
    """
    try:
        return _ENCODER.encode(value)
    except ValueError:
        return json.dumps(_finite(value), default=_plain)


def loads(text: str | bytes) -> Any:
    """What :func:`dumps` wrote."""
    return json.loads(text)


def _plain(value: Any) -> Any:
    """A NumPy scalar or array as Python has it; anything else as its text."""
    return _finite(value.tolist()) if hasattr(value, "tolist") else str(value)


_ENCODER = json.JSONEncoder(allow_nan=False, default=_plain)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
