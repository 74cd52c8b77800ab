"""The lock without what only developers need: ``python deploy/runtime_requirements.py requirements.lock``.

A package stays when the project's own dependencies, or a package that stays, want it (the lock's ``# via`` notes).
Versions and hashes stay as they are locked.
"""  # noqa: INP001  (a script of the image's build, no part of a package)

import re
import sys
from pathlib import Path

_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_ROOT = "homevigil (pyproject.toml)"


def blocks(lock: str) -> list[tuple[str, str]]:
    """(name, text) of each locked package; one may stand several times, each with another marker."""
    starts = [found.start() for found in _PACKAGE.finditer(lock)]
    texts = [lock[start:end] for start, end in zip(starts, [*starts[1:], len(lock)], strict=True)]
    return [(text.partition("==")[0], text) for text in texts]


def parents(text: str) -> set[str]:
    r"""Who wants the package.

    >>> sorted(parents("a==1\n    # via b"))
    ['b']
    """
    notes = (line.split("#", 1)[1].strip() for line in text.splitlines() if line.strip().startswith("#"))
    return {note.removeprefix("via").strip() for note in notes} - {""}


def runtime(lock: str) -> str:
    """The lock's text, runtime packages only."""
    wanted_by: dict[str, set[str]] = {}
    for name, text in blocks(lock):
        wanted_by.setdefault(name, set()).update(parents(text))
    kept, grown = {_ROOT}, True
    while grown:
        more = {name for name, wanters in wanted_by.items() if wanters & kept} - kept
        kept, grown = kept | more, bool(more)
    return "".join(text for name, text in blocks(lock) if name in kept)


if __name__ == "__main__":
    sys.stdout.write(runtime(Path(sys.argv[1]).read_text(encoding="utf-8")))
