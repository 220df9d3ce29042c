"""Handling hundreds of thousands of small objects at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def in_haste() -> Iterator[None]:
    """Look for rings among objects afterwards: while many are made and kept, it takes a third of the time in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
