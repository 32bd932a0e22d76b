"""Time, in the kinds that Fraisier needs: to measure, to pause, and to name files."""

from __future__ import annotations

import time


def ticks() -> float:
    """Seconds that only grow, for measuring; they also pass while a process is frozen."""
    return time.monotonic()


def now() -> float:
    """Seconds since 1970, as this machine's clock has them."""
    return time.time()


def pause(seconds: float) -> None:
    """Do nothing for a while."""
    time.sleep(seconds)


def stamp() -> str:
    """This moment in UTC as part of the name of a file: ``20260115T093000Z``."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
