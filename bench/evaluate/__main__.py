"""Regenerate the tables of docs/evaluation.md: ``python -m bench.evaluate [--quick] [section ...]``."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.evaluate import recorded, simulated
from bench.evaluate.page import put
from monitor.logs import set_up_logs
from monitor.sections import LogSettings
from vitals.clock import stopwatch


def main() -> int:
    """Every section, or those named; a section whose recording is not there is left as it is, and said so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"of {', '.join((*recorded.STUDIES, simulated.NAME))}; all if none")
    parser.add_argument("--quick", action="store_true", help="a small simulation, TIHM and MIMIC; writes nothing")
    asked = parser.parse_args()
    known = (*recorded.STUDIES, simulated.NAME)
    if unknown := [name for name in asked.sections if name not in known]:
        parser.error(f"no section {unknown[0]!r}: one of {', '.join(known)}")
    set_up_logs(LogSettings(level="error"))
    wanted = asked.sections or (("tihm", "mimic", simulated.NAME) if asked.quick else known)
    for name in wanted:
        began = stopwatch()
        text = _section(name, quick=asked.quick)
        if text is None:
            print(f"{name}: left as it is, for there are no recordings: set HOMEVIGIL_DATA")
            continue
        if not asked.quick:
            put(name, text)
        print(f"{text}\n\n{name}: {stopwatch() - began:.0f} s\n", flush=True)
    return 0


def _section(name: str, *, quick: bool) -> str | None:
    if name == simulated.NAME:
        return simulated.study(quick=quick, say=_say)
    data = recorded.folder()
    if data is None:
        return None
    with tempfile.TemporaryDirectory(prefix="homevigil-evaluate-") as work:
        return recorded.STUDIES[name](data, Path(work), _say)


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
