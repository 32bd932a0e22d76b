"""Time, in the two kinds that Fraisier needs: to measure and to pause."""

from __future__ import annotations

import time


def ticks() -> float:
    """Seconds that only grow, for measuring; they also pass while a process is frozen."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Do nothing for a while."""
    time.sleep(seconds)
