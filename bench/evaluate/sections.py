"""Sections of the page, each in a process of its own."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.evaluate import recorded, simulated
from monitor.logs import set_up_logs
from monitor.sections import LogSettings
from vitals.clock import stopwatch

_LONGEST: Final = ("sepsis2019", simulated.NAME)
"""What is begun first, so that nothing long is left for the end."""


def sections(names: Sequence[str], *, quick: bool, jobs: int) -> Iterator[tuple[str, str | None, float]]:
    """Each section's name, tables and seconds as it is done: in processes of their own, the longest first."""
    order = sorted(names, key=lambda name: _LONGEST.index(name) if name in _LONGEST else len(_LONGEST))
    with ProcessPoolExecutor(min(jobs, len(order)), mp_context=get_context("spawn")) as pool:
        done = [pool.submit(_section, name, quick=quick) for name in order]
        for future in as_completed(done):
            yield (order[done.index(future)], *future.result())


def _section(name: str, *, quick: bool) -> tuple[str | None, float]:
    set_up_logs(LogSettings(level="error"))
    began = stopwatch()
    if name == simulated.NAME:
        return simulated.study(quick=quick, say=_say), stopwatch() - began
    data = recorded.folder()
    if data is None:
        return None, 0.0
    with tempfile.TemporaryDirectory(prefix="homevigil-evaluate-") as work:
        return recorded.STUDIES[name](data, Path(work), _say), stopwatch() - began


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)
