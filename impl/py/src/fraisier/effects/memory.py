"""Memory that is given back to the system as soon as nobody needs it."""

from __future__ import annotations

import contextlib
import ctypes
import sys

LARGE_BYTES = 32 * 1024
_M_MMAP_THRESHOLD = -3  # of glibc's <malloc.h>


def give_large_blocks_back() -> None:
    """
    Let every block of ``LARGE_BYTES`` and more go back to the system when it is freed.

    glibc raises that limit by itself to as much as 32 MiB as it sees large blocks come
    and go, and then keeps them between small ones: after a flood of large bodies a server
    would stay as large as it had been in the flood. Nothing happens where there is no glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
