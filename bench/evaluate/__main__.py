"""Regenerate the tables of docs/evaluation.md: ``python -m bench.evaluate [--quick] [--jobs N] [section ...]``."""

import argparse
import os
import sys

from bench.evaluate import recorded, simulated
from bench.evaluate.page import put
from bench.evaluate.sections import sections


def main() -> int:
    """Every section, or those named; a section whose recording is not there is left as it is, and said so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"of {', '.join((*recorded.STUDIES, simulated.NAME))}; all if none")
    parser.add_argument("--quick", action="store_true", help="a small simulation, TIHM and MIMIC; writes nothing")
    parser.add_argument(
        "--jobs", type=int, default=min(2, os.cpu_count() or 1), help="sections at once, by default %(default)s"
    )
    asked = parser.parse_args()
    if asked.jobs < 1:
        parser.error(f"--jobs {asked.jobs}: at least 1")
    known = (*recorded.STUDIES, simulated.NAME)
    if unknown := [name for name in asked.sections if name not in known]:
        parser.error(f"no section {unknown[0]!r}: one of {', '.join(known)}")
    wanted = asked.sections or (("tihm", "mimic", simulated.NAME) if asked.quick else known)
    for name, text, took in sections(wanted, quick=asked.quick, jobs=asked.jobs):
        if text is None:
            print(f"{name}: left as it is, for there are no recordings: set HOMEVIGIL_DATA")
            continue
        if not asked.quick:
            put(name, text)
        print(f"{text}\n\n{name}: {took:.0f} s\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
