"""What may end a deployment from outside, or a step: a lost lease, a cancel, its time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator
from typing import NamedTuple

from fraisier.domain.errors import FraisierError
from fraisier.effects.alarm import Overdue, interrupted_after
from fraisier.effects.clock import ticks
from fraisier.effects.process import Stopped
from fraisier.operations.endings import CancelledError, HandedOverError, LeaseLostError
from fraisier.operations.lease import Lease

# How long a deployment may go on after its worker was asked to end.
GRACE_SECONDS = 5.0
# Programs end at the limit and say why; a step asks for its end a moment later, and what
# does not ask is interrupted when even that moment is long over.
ASKING_SECONDS = 1.0
DEAF_SECONDS = 10.0


class _Limit(NamedTuple):
    step: str
    seconds: float
    until: float

    def error(self) -> FraisierError:
        message = f'the step "{self.step}" took longer than {self.seconds:g} s'
        return FraisierError(message, code="step-timeout")


class Interruption:
    """Why a deployment may not go on: asked between steps and all the time within them."""

    def __init__(self, lease: Lease, stop: threading.Event, cut_over: bool) -> None:
        self._lease = lease
        self._stop = stop
        self._stop_seen_at: float | None = None
        self._limit: _Limit | None = None
        self._draining = False  # it was asked to end before this step began
        self.cut_over = cut_over
        self.ending = False  # it has failed already: a cancel comes too late

    @contextlib.contextmanager
    def limited(self, step: str, seconds: float) -> Generator[None]:
        """
        Give the block only so much time, and say why it was stopped.

        Raises:
            LeaseLostError, CancelledError, HandedOverError: It was stopped for that.
            FraisierError: ``step-timeout``: its time is over.
        """
        limit = self._limit = _Limit(step, seconds, ticks() + seconds)
        self._draining = self._stop.is_set()
        try:
            with interrupted_after(seconds + ASKING_SECONDS + DEAF_SECONDS):
                yield
        except Overdue:
            raise limit.error() from None
        except Stopped:
            raise (self._cause() or HandedOverError()) from None
        finally:
            self._limit = None

    def time_left(self) -> float:
        """How long a program of the step may run."""
        return max(0.1, self._limit.until - ticks()) if self._limit else float("inf")

    def pending(self) -> bool:
        """Whether to leave what is being done."""
        return self._cause() is not None

    def urgent(self) -> bool:
        """
        The same without any grace for a worker that is asked to end while it waits for a
        target: it may be waiting for its own end.
        """
        return (self._stop.is_set() and not self._draining) or self.pending()

    def raise_if_pending(self) -> None:
        """
        Go on only when nothing speaks against it.

        Raises:
            LeaseLostError, CancelledError, HandedOverError: What speaks against it.
        """
        cause = self._cause()
        if cause is not None:
            raise cause

    def _cause(self) -> Exception | None:
        if self._lease.lost.is_set():
            return LeaseLostError()
        if self._lease.cancel_requested.is_set() and not (self.cut_over or self.ending):
            return CancelledError()
        if self._stop.is_set():
            self._stop_seen_at = self._stop_seen_at or ticks()
            if ticks() - self._stop_seen_at > GRACE_SECONDS:
                return HandedOverError()
        if self._limit is not None and ticks() > self._limit.until + ASKING_SECONDS:
            return self._limit.error()
        return None
