"""Python's cyclic garbage collector, out of the way while many small things are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class _Heap:
    """Whether a load left objects aside: it belongs to the process, as the collector does."""

    is_aside = False


@contextmanager
def paused_collector(*, set_aside: bool = False) -> Iterator[None]:
    """Let the collector rest for a piece of work whose data has no cycles.

    It would walk all of a large ledger again and again, a third of the work's time, and find
    nothing to free. It is left as it was found, and what was made counts as old: the next small
    collection does not walk it. `set_aside` keeps what is alive at the end out of all later walks.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # First aside, then on again: else the collector would walk all that was made at once.
            if set_aside:
                _set_aside()
            elif _Heap.is_aside:
                # Beside the ledger: to give back one alone is not possible.
                gc.freeze()
            elif not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _set_aside() -> None:
    """Keep what is alive out of the collector's walks: a ledger just loaded has no cycles.

    The next full collection would walk all of it, a tenth of the time that checking a ledger
    takes. What was set aside is freed as ever when nothing refers to it any more; only a cycle in
    it is not. So in a program that loads again and again, every second call gives all back to the
    collector instead, and none stays for good. A program that freezes its heap itself is left
    alone.
    """
    if _Heap.is_aside:
        gc.unfreeze()
        _Heap.is_aside = False
    elif not gc.get_freeze_count():
        gc.freeze()
        _Heap.is_aside = True
