"""The last resort against code of others that waits for ever and asks nobody."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Generator
from types import FrameType

_AGAIN_SECONDS = 5.0


class Overdue(BaseException):
    """The time of the block is over."""


@contextlib.contextmanager
def interrupted_after(seconds: float) -> Generator[None]:
    """
    Raise :class:`Overdue` in the block, also in the middle of a sleep or of a read.

    Only the main thread can be interrupted; in others the block takes its time.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise Overdue
