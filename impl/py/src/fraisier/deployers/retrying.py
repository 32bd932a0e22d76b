"""Ask again, but only where an error is known to be harmless and may pass by itself."""

from __future__ import annotations

from collections.abc import Callable

from fraisier.deployers.base import Work
from fraisier.effects.clock import pause, ticks
from fraisier.effects.process import Stopped
from fraisier.git.transient import UnreachableError

PAUSES_SECONDS = (0.5, 2.0)
_LOOK_SECONDS = 0.1


def retried(work: Work, fetch: Callable[[], None]) -> None:
    """
    Fetch; when the repository cannot be reached, twice again after growing pauses.

    Raises:
        FraisierError: What the last attempt, or anything else in one, raised.
        Stopped: ``work.should_stop`` became true.
    """
    for attempt, seconds in enumerate(PAUSES_SECONDS, 1):
        try:
            fetch()
        except UnreachableError as error:
            reason = error.message.strip().splitlines()[-1]
            work.tell(f"attempt {attempt}: {reason}; trying again in {seconds:g} s")
            _wait(work, seconds)
        else:
            return
    fetch()


def _wait(work: Work, seconds: float) -> None:
    until = ticks() + seconds
    while ticks() < until:
        if work.should_stop():
            raise Stopped
        pause(_LOOK_SECONDS)
