"""Processes that do not outlive the one that started them."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> Callable[[], None] | None:
    """
    Make the ``preexec_fn`` that has a child receive signal ``number`` when its
    parent dies, however that happens. None where the system has no such thing.
    """
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)  # loaded before the fork, not after it

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, number)

    return ask
