"""What commands show people: tables that cut nothing, and lines in which no word of a device becomes a colour."""

from collections.abc import Collection

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text


class Grid(Table):
    """A table whose cells are wrapped, never cut, and taken as they stand: what a topic, a payload or a note holds
    is no markup. A cell with a colour is a ``Text``. Columns in ``whole`` are not wrapped: they are copied, or read
    at a glance.

    >>> table = Grid("topic", "what was wrong")
    >>> table.add("home/[/red]", Text("unknown", style="red"))
    >>> Console(width=24, legacy_windows=False).print(table)
    ┏━━━━━━━━━━━┳━━━━━━━━━━┓
    ┃           ┃ what was ┃
    ┃ topic     ┃ wrong    ┃
    ┡━━━━━━━━━━━╇━━━━━━━━━━┩
    │ home/[/re │ unknown  │
    │ d]        │          │
    └───────────┴──────────┘
    """

    def __init__(self, *headers: str, whole: Collection[str] = ()) -> None:
        super().__init__(*(Column(title, overflow="fold", no_wrap=title in whole) for title in headers))

    def add(self, *cells: str | Text) -> None:
        """One row."""
        self.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def tell(words: str, *, style: str = "") -> None:
    """One line for people, on standard error: as it stands, and broken nowhere, so that a path in it can be copied."""
    console = Console(stderr=True, soft_wrap=True)
    console.print(words, style=style or None, markup=False, highlight=False)
