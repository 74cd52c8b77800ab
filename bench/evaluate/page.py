"""docs/evaluation.md: prose written by hand, with tables between markers that only this study writes."""

import re
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[2] / "docs" / "evaluation.md"


def replaced(page: str, name: str, text: str) -> str:
    r"""The page with what stands between the markers of ``name`` replaced; ValueError if it has no such markers.

    >>> replaced("a\n<!-- begin x -->\nold\n<!-- end x -->\nb", "x", "new")
    'a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb'
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"no markers {begin} … {end} on the page: write them where the table belongs")
    return pattern.sub(lambda _: f"{begin}\n\n{text.strip()}\n\n{end}", page, count=1)


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Write a section's tables into the page, at once: a study that is stopped keeps what it has."""
    page.write_text(replaced(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")
