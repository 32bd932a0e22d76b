"""Copies of this process that work side by side; one that dies is replaced."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable

from fraisier.effects.clock import ticks

PAUSE_FIRST_SECONDS = 0.2
PAUSE_LONGEST_SECONDS = 30.0
SETTLED_SECONDS = 60.0
STOP_SECONDS = 9.0
_PR_SET_PDEATHSIG = 1
_HEARD = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}

log = logging.getLogger("fraisier.workers")

Work = Callable[[int], int]


class Workers:
    """
    Runs ``work(index)`` in ``count`` processes until it is told to stop.

    They begin with everything that this process has open. SIGHUP is passed on; SIGTERM
    and SIGINT end them all. Call it before there is an event loop or a thread.
    """

    def __init__(self, count: int, work: Work) -> None:
        self._work = work
        self._due: dict[int, float] = dict.fromkeys(range(count), 0.0)  # when to start which
        self._pauses = dict.fromkeys(range(count), PAUSE_FIRST_SECONDS)
        self._running: dict[int, tuple[int, float]] = {}  # by process id: index, since when
        self._stopping = False

    def run(self) -> int:
        """Return 0 when all of them have ended."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        try:
            while self._due or self._running:
                self._start_what_is_due(before)
                self._hear(signal.sigtimedwait(_HEARD, self._seconds_left()))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return 0

    def _hear(self, heard: signal.struct_siginfo | None) -> None:
        self._bury()
        if heard is None and self._stopping:
            log.warning("workers did not stop in %s s and are killed", STOP_SECONDS)
            self._tell(signal.SIGKILL)
        elif heard is not None and heard.si_signo == signal.SIGHUP:
            self._tell(signal.SIGHUP)
        elif heard is not None and heard.si_signo in (signal.SIGTERM, signal.SIGINT):
            self._stopping = True
            self._due.clear()
            self._tell(signal.SIGTERM)

    def _seconds_left(self) -> float:
        if self._stopping:
            return STOP_SECONDS
        return max(0.0, min(self._due.values(), default=ticks() + 3600.0) - ticks())

    def _start_what_is_due(self, mask: set[int]) -> None:
        for index in [each for each, when in self._due.items() if when <= ticks()]:
            del self._due[index]
            sys.stdout.flush()
            sys.stderr.flush()
            parent, pid = os.getpid(), os.fork()
            if pid == 0:
                self._be(index, parent, mask)
            self._running[pid] = (index, ticks())

    def _be(self, index: int, parent: int, mask: set[int]) -> None:
        """The copy: work, and end without a step back into what it is a copy of."""
        status = 1
        try:
            _die_with(parent)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            status = self._work(index)
        except BaseException:
            log.exception("worker %s failed", index)
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _bury(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            index, since = self._running.pop(pid, (-1, 0.0))
            if index >= 0 and not self._stopping:
                self._replace(index, since, os.waitstatus_to_exitcode(status))

    def _replace(self, index: int, since: float, status: int) -> None:
        if ticks() - since > SETTLED_SECONDS:
            self._pauses[index] = PAUSE_FIRST_SECONDS
        pause = self._pauses[index]
        log.warning("worker %s ended with status %s; again in %s s", index, status, pause)
        self._due[index] = ticks() + pause
        self._pauses[index] = min(pause * 2, PAUSE_LONGEST_SECONDS)

    def _tell(self, number: signal.Signals) -> None:
        for pid in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def _die_with(parent: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died in between
        os._exit(1)
