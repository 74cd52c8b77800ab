"""How the interpreter of the service is set: for answers within milliseconds, not for throughput alone."""

import atexit
import gc
import sys

_SWITCH_S = 0.0005
_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50


def settle() -> None:
    """Call once everything stands. Figures: docs/adr/0003-alert-path.md.

    A thread that sends a notice waits at most half a millisecond for one that computes (5 ms by default), and what
    lives as long as the service is not looked through by the garbage collector again and again.
    """
    sys.setswitchinterval(_SWITCH_S)
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # or DuckDB's binding complains, as the interpreter ends, of what nobody collected
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
