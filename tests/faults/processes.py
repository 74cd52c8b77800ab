"""Who descends from a process, and who of them still runs, as Linux tells it."""

import contextlib
from pathlib import Path


def family(pid: int) -> dict[int, str]:
    """The command line of every descendant of a process."""
    parents = {child: parent for child, parent in map(_parent, _pids()) if parent}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {child: _command(child) for child in found - {pid}}


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those that still run; a zombie that nobody has reaped does not."""
    return {pid: words for pid, words in pids.items() if _parent(pid)[1]}


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return pid, 0 if state in "ZX" else int(parent)
    return pid, 0


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
