"""What commands show people: tables that cut nothing, and lines in which no word of a device becomes a colour."""

from collections.abc import Collection

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text


class Grid(Table):
    """A table whose cells are wrapped, never cut, and taken as they stand: what a topic, a payload or a note holds
    is no markup. A cell with a colour is a ``Text``. Columns in ``whole`` are not wrapped: they are copied, or read
    at a glance.

    >>> table = Grid("topic", "what was wrong")
    >>> table.add("home/[/red]", Text("unknown", style="red"))
    >>> [column.overflow for column in table.columns], table.row_count
    (['fold', 'fold'], 1)
    """

    def __init__(self, *headers: str, whole: Collection[str] = ()) -> None:
        columns = (Column(title, overflow="fold", no_wrap=title in whole) for title in headers)
        super().__init__(*columns, box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))

    def add(self, *cells: str | Text) -> None:
        """One row."""
        self.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def tell(words: str, *, style: str = "") -> None:
    """One line for people, on standard error: as it stands, and broken nowhere, so that a path in it can be copied."""
    console = Console(stderr=True, soft_wrap=True)
    console.print(words, style=style or None, markup=False, highlight=False)
