"""Python's cyclic garbage collector, out of the way while many small things are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Let the collector rest for a piece of work whose data has no cycles.

    It would walk all of a large ledger again and again, a third of the work's time, and find
    nothing to free. It is left as it was found; what was made joins the old objects at once, where
    the next full collection looks.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()
