"""Tables for a terminal: aligned, and cut into several where one is too wide, the first column again in each."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Final

_BETWEEN: Final = "  "


def plain(head: Sequence[str], rows: Iterable[Sequence[str]], width: int = 80) -> str:
    """A table as text, headings broken at spaces, in as many parts as ``width`` columns ask for.

    >>> print(plain(["rule", "told before onset", "hours"], [["limit", "61 % (54-68)", "5 %"]], width=20))
    rule    told before
                  onset
    limit  61 % (54-68)
    <BLANKLINE>
    rule   hours
    limit    5 %
    """
    lines = list(rows)
    columns = [_Column(title, [line[i] for line in lines]) for i, title in enumerate(head)]
    first, *others = columns
    return "\n\n".join("\n".join(_lines([first, *part])) for part in _parts(first, others, width))


class _Column:
    """One column: its heading in lines, and how wide it is."""

    def __init__(self, title: str, cells: Sequence[str]) -> None:
        longest = max(len(word) for word in (*title.split(), *cells))
        self.title, self.cells = wrap(title, longest), cells
        self.width = longest


def _parts(first: _Column, others: Sequence[_Column], width: int) -> Iterator[list[_Column]]:
    """Others, as many at a time as fit beside the first; one at least."""
    part: list[_Column] = []
    used = first.width
    for column in others:
        if part and used + len(_BETWEEN) + column.width > width:
            yield part
            part, used = [], first.width
        part.append(column)
        used += len(_BETWEEN) + column.width
    yield part


def _lines(columns: Sequence[_Column]) -> Iterator[str]:
    titles = zip_longest(*(column.title for column in columns), fillvalue="")
    for cells in (*titles, *zip(*(column.cells for column in columns), strict=True)):
        name, *values = zip(cells, columns, strict=True)
        yield _BETWEEN.join([name[0].ljust(name[1].width), *(cell.rjust(c.width) for cell, c in values)]).rstrip()
