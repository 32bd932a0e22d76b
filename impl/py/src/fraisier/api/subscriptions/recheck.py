"""Who listens is asked for now and then: a token may be revoked or expire meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.api.access import Guard
    from fraisier.http.messages import Request

RECHECK_SECONDS = 5.0


class Recheck:
    """
    Asks ``guard`` again and again whether ``request`` may still go on, until it may not:
    then ``refused`` is told why, once. A database that is away says nothing about anybody.
    """

    def __init__(
        self, guard: Guard, request: Request, refused: Callable[[FraisierError], None]
    ) -> None:
        self._guard = guard
        self._request = request
        self._refused = refused
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._later()

    def end(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(RECHECK_SECONDS, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._check())

    async def _check(self) -> None:
        try:
            await self._guard.identify(self._request)
        except FraisierError as error:
            if error.http_status < 500:
                self._refused(error)
                return
        self._later()
