"""Python's cyclic garbage collector, out of the way while many small things are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Let the collector rest for a piece of work whose data has no cycles.

    It would walk all of a large ledger again and again, a third of the work's time, and find
    nothing to free. It is left as it was found.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Heap:
    """Whether `set_aside` left objects aside: it belongs to the process, as the collector does."""

    is_aside = False


def set_aside() -> None:
    """Keep what is alive out of the collector's walks: a ledger just loaded has no cycles.

    The next full collection would walk all of it, a tenth of the time that checking a ledger
    takes. What was set aside is freed as ever when nothing refers to it any more; only a cycle in
    it is not. So in a program that loads again and again, every second call gives all back to the
    collector instead, and none stays for good. A program that freezes its heap itself is left
    alone.
    """
    if not gc.isenabled():
        return
    if _Heap.is_aside:
        gc.unfreeze()
        _Heap.is_aside = False
    elif not gc.get_freeze_count():
        gc.freeze()
        _Heap.is_aside = True
