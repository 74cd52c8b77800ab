"""The parameters of every detector with their defaults, for docs/detectors.md: ``python -m monitor.detector_docs``."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from detectors.registry import DEFAULT
from vitals.times import Duration, show_duration

BEGIN: Final = "<!-- begin parameters -->"
END: Final = "<!-- end parameters -->"
PAGE: Final = Path(__file__).parents[1] / "docs" / "detectors.md"


def table() -> str:
    """A row each detector that has parameters."""
    rows = [f"| `{detector.name}` | {said} |" for detector in DEFAULT if (said := ", ".join(_said(detector)))]
    return "\n".join(["| detector | parameters and defaults |", "|---|---|", *rows])


def page(text: str) -> str:
    """The page with the table between its markers."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


def _said(detector: Any) -> Iterator[str]:
    for field in fields(detector):
        value = getattr(detector, field.name)
        lasting = field.type in (Duration, "Duration")
        number = f"{value:g}" if isinstance(value, float) else value
        yield f"`{field.name}` {show_duration(value) if lasting else number}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
