"""YAML read as its writer meant it: text first, every value with its line and column, every surprise a fault.

YAML 1.1 reads ``22:00`` as 1320, ``NO`` as false and ``2026-01-01`` as a date. Here a value is the text that
stands there; the model decides what it is to be.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from monitor.faults import Loc, path_of
from vitals.errors import ConfigError, Fault

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # resolves nothing: every scalar stays text
_NULLS = ("~", "null", "Null", "NULL")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_OWN_TAGS = "tag:yaml.org,2002:"
_ADDRESS = re.compile(r"'?\S+://\S+")
_MOST = 5_000_000
"""Values a file may hold once its aliases are written out: beyond any agency, short of a machine's memory."""


@dataclass
class Document:
    """A YAML file's values, where each stands, and what is wrong with the text itself."""

    name: str
    value: Any = None
    marks: dict[Loc, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def mark(self, loc: Loc) -> tuple[int, int]:
        """Line and column, from 1, of what stands at ``loc``, or of the nearest thing around it."""
        while loc and loc not in self.marks:
            loc = loc[:-1]
        return self.marks.get(loc, (1, 1))

    def where(self, loc: Loc) -> str:
        line, column = self.mark(loc)
        return f"{self.name}:{line}:{column}"

    def blame(self, loc: Loc, problem: str, remedy: str) -> None:
        """Note a fault at ``loc``; whatever looks like an address may be a secret, and is not repeated."""
        self.faults.append(Fault(self.where(loc), path_of(loc), _ADDRESS.sub("(an address)", problem), remedy))


def read(name: str, text: str) -> Document:
    """The values of a YAML text; ConfigError where it is no YAML at all."""
    document = Document(name)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(name, text, error)]) from None
    if node is None:
        raise ConfigError([Fault(f"{name}:1", "file", "is empty", "homevigil init writes one to start from")])
    document.value = _Reader(document).value((), node, node)
    return document


def _syntax(name: str, text: str, error: yaml.YAMLError) -> Fault:
    mark, position = getattr(error, "problem_mark", None), getattr(error, "position", 0)
    where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:{text.count(chr(10), 0, position) + 1}"
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return Fault(where, "file", f"is no YAML here: {said}", "mind indentation (spaces only), quotes and brackets")


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document, self._open, self._count = document, set[int](), 0

    def value(self, loc: Loc, node: Any, key: Any) -> Any:
        """The node's value; ``key`` is the node whose place is named for whole mappings and lists."""
        at = (node if isinstance(node, yaml.ScalarNode) and node.value else key).start_mark
        self._document.marks[loc] = (at.line + 1, at.column + 1)
        self._count += 1
        if id(node) in self._open or self._count > _MOST:
            raise ConfigError([Fault(self._document.where(loc), path_of(loc), "refers to itself", "write it out")])
        if not str(node.tag).startswith(_OWN_TAGS):
            self._document.blame(loc, f"has the tag {node.tag}", "leave the tag out")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(loc, node)
        self._open.add(id(node))
        try:
            return self._mapping(loc, node) if isinstance(node, yaml.MappingNode) else self._sequence(loc, node)
        finally:
            self._open.discard(id(node))

    def _sequence(self, loc: Loc, node: Any) -> list[Any]:
        return [self.value((*loc, place), item, item) for place, item in enumerate(node.value)]

    def _mapping(self, loc: Loc, node: Any) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._document.blame(loc, "has a list or a mapping as a key", "use a word")
            elif key.value == "<<" and key.style in (None, ""):
                merged = self._merge(loc, child) | merged
            elif key.value in result:
                before = self._document.mark((*loc, key.value))[0]
                self._twice(loc, key, before)
            elif not _left_empty(child):
                result[key.value] = self.value((*loc, key.value), child, key)
            elif loc[-1:] == ("limits",):
                self._empty_limit((*loc, key.value), key)
        return merged | result

    def _merge(self, loc: Loc, node: Any) -> dict[str, Any]:
        """What ``<<`` brings in: the earlier of a list has precedence, the mapping's own keys over all."""
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        values = [self.value(loc, part, part) for part in parts]
        if not all(isinstance(value, dict) for value in values):
            self._document.blame(loc, "'<<' is followed by no mapping", "refer to an anchored mapping")
            return {}
        result: dict[str, Any] = {}
        for value in values:
            result = value | result
        return result

    def _twice(self, loc: Loc, key: Any, before: int) -> None:
        where = f"{self._document.name}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
        problem, remedy = f"stands twice (first in line {before})", "keep one of them"
        self._document.faults.append(Fault(where, path_of((*loc, key.value)), problem, remedy))

    def _empty_limit(self, loc: Loc, key: Any) -> None:
        """Neither guess is safe: the default limits, or none."""
        self._document.marks[loc] = (key.start_mark.line + 1, key.start_mark.column + 1)
        self._document.blame(loc, "is empty", "write its limits, null for none, or leave the line out for the default")


def _left_empty(node: Any) -> bool:
    """``key:`` and nothing behind it: as if the line were not there."""
    return isinstance(node, yaml.ScalarNode) and node.value == "" and node.style in (None, "")


def _scalar(loc: Loc, node: Any) -> Any:
    text = str(node.value)
    if node.style not in (None, ""):
        return text
    if text in _NULLS or text == "":
        return None
    return _typed(text) if "parameters" in loc else text


def _typed(text: str) -> Any:
    """A detector's parameter has no declared type: what looks like a number or a yes/no is one.

    >>> _typed("12h"), _typed("1.5"), _typed("no"), _typed("22:00")
    ('12h', 1.5, False, '22:00')
    """
    if _NUMBER.fullmatch(text):
        return float(text)
    return _WORDS.get(text.lower(), text)
