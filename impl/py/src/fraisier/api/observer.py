"""The server's own observer: a child process, started again whenever it ends."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping

from fraisier.effects.child import Child
from fraisier.effects.clock import ticks

LOOK_SECONDS = 0.1
PAUSE_FIRST_SECONDS = 0.5
PAUSE_LONGEST_SECONDS = 30.0
SETTLED_SECONDS = 60.0
STOP_SECONDS = 8.0

log = logging.getLogger("fraisier.api.observer")


class ObserverChild:
    """
    Keeps one ``fraisier observe`` running until ``keep`` is told to stop.

    What happens in it cannot slow the server down: it is another process.
    """

    def __init__(self, environment: Callable[[], Mapping[str, str]]) -> None:
        self._environment = environment
        self._child: Child | None = None
        self._renewed = False

    def renew(self) -> None:
        """Let the observer finish and start anew, with the configuration of now."""
        if self._child is not None:
            self._renewed = True
            self._child.ask_to_stop()

    async def keep(self, stopping: asyncio.Event) -> None:
        """Run it, and run it again with growing pauses when it crashes."""
        pause = PAUSE_FIRST_SECONDS
        while not stopping.is_set():
            started = ticks()
            self._child = _start(self._environment())
            await _until_end(self._child, stopping)
            if stopping.is_set():
                break
            if ticks() - started > SETTLED_SECONDS or self._renewed:
                pause = PAUSE_FIRST_SECONDS
            self._tell(pause)
            await _pause(stopping, pause)
            pause = min(pause * 2, PAUSE_LONGEST_SECONDS)
        if self._child is not None:
            await _end(self._child)

    def _tell(self, pause: float) -> None:
        status = self._child.exit_status() if self._child else None
        level = logging.INFO if self._renewed else logging.WARNING
        log.log(level, "the observer ended with status %s; again in %s s", status, pause)
        self._renewed = False


def _start(environment: Mapping[str, str]) -> Child:
    # -P: files of the folder that the server was started in are no modules of ours.
    return Child([sys.executable, "-P", "-m", "fraisier", "--json", "observe"], environment)


async def _until_end(child: Child, stopping: asyncio.Event) -> None:
    while child.exit_status() is None and not stopping.is_set():
        await _pause(stopping, LOOK_SECONDS)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


async def _end(child: Child) -> None:
    """Ask, wait, then insist: what it had claimed is taken over by the next one."""
    if child.exit_status() is not None:
        return
    child.ask_to_stop()
    deadline = ticks() + STOP_SECONDS
    while child.exit_status() is None and ticks() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
    if child.exit_status() is None:
        log.warning("the observer did not stop in %s s and is killed", STOP_SECONDS)
        child.kill()
