"""Every budget, measured on this machine: ``python -m bench [pipeline ingest store detectors desk]``."""

import os
import platform
import sys
from collections.abc import Callable

from bench import desk, detectors, ingest, pipeline, store

STAGES: dict[str, Callable[[], object]] = {
    "pipeline": pipeline.main,
    "ingest": ingest.main,
    "store": store.main,
    "detectors": detectors.main,
    "desk": desk.main,
}


def main() -> None:
    """Run the named stages, or all."""
    wanted = sys.argv[1:] or list(STAGES)
    unknown = [name for name in wanted if name not in STAGES]
    if unknown:
        raise SystemExit(f"bench: no stage {unknown[0]!r}: one of {', '.join(STAGES)}")
    sys.argv = sys.argv[:1]
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    for name in wanted:
        print(f"\n== {name}", flush=True)
        STAGES[name]()


if __name__ == "__main__":
    main()
