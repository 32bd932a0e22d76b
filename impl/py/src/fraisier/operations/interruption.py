"""What may end a deployment from outside: a lost lease, a cancel, the end of the worker."""

from __future__ import annotations

import threading

from fraisier.effects.clock import ticks
from fraisier.operations.endings import CancelledError, HandedOverError, LeaseLostError
from fraisier.operations.lease import Lease

# How long a deployment may go on after its worker was asked to end.
GRACE_SECONDS = 5.0


class Interruption:
    """Why a deployment may not go on: asked between steps and all the time within them."""

    def __init__(self, lease: Lease, stop: threading.Event, cut_over: bool) -> None:
        self._lease = lease
        self._stop = stop
        self._stop_seen_at: float | None = None
        self.cut_over = cut_over

    def pending(self) -> bool:
        """Whether to leave what is being done."""
        return self._cause() is not None

    def urgent(self) -> bool:
        """The same without any grace: a worker that waits for its own end would wait for ever."""
        return self._stop.is_set() or self.pending()

    def raise_if_pending(self) -> None:
        """
        Go on only when nothing speaks against it.

        Raises:
            LeaseLostError, CancelledError, HandedOverError: What speaks against it.
        """
        cause = self._cause()
        if cause is not None:
            raise cause

    def cause(self) -> Exception:
        """Why something was stopped that asked :meth:`pending` or :meth:`urgent`."""
        return self._cause() or HandedOverError()

    def _cause(self) -> Exception | None:
        if self._lease.lost.is_set():
            return LeaseLostError()
        if self._lease.cancel_requested.is_set() and not self.cut_over:
            return CancelledError()
        if self._stop.is_set():
            self._stop_seen_at = self._stop_seen_at or ticks()
            if ticks() - self._stop_seen_at > GRACE_SECONDS:
                return HandedOverError()
        return None
