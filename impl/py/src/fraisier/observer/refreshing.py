"""Notice that ``fraises.yaml`` has changed under a running observer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fraisier.domain.errors import FraisierError
from fraisier.effects.clock import pause
from fraisier.operations.registry import sync_registry

if TYPE_CHECKING:
    from fraisier.db import Database
    from fraisier.wiring import Application

ACTOR = "observer"
SETTLE_SECONDS = 0.2


class Refreshing:
    """
    The application with the newest valid configuration.

    ``app`` only changes in :meth:`look`: what has begun ends with the configuration
    that it began with.
    """

    def __init__(self, app: Application, environ: Mapping[str, str] | None = None) -> None:
        self.app = app
        self._environ = os.environ if environ is None else environ
        self._seen: object = None  # nothing yet: the registry is synchronised at the first look

    def look(self, db: Database) -> bool:
        """
        Load the file again when it is another one, and bring the registry up to date.

        True when another configuration is in force from now on. A file that is no valid
        one leaves the one before in force and is refused once, not at every look. The
        first look is never told: the file may have changed since this process read it.

        Raises:
            FraisierError: What is wrong with the file; the database's codes (the next
                look tries again).

        SQL: fn_sync_registry
        """
        sign = _sign(self.app.config.path)
        if sign == self._seen:
            return False
        first = self._seen is None
        if not first:
            sign = _settled(self.app.config.path, sign)
        self.app = self._loaded(sign)
        sync_registry(db, self.app.config, ACTOR)
        self._seen = sign
        return not first

    def _loaded(self, sign: object) -> Application:
        from fraisier.config import load

        try:
            return replace(self.app, config=load(self.app.config.path, self._environ))
        except FraisierError:
            self._seen = sign
            raise


def _sign(path: Path) -> object:
    """What changes when the file is written again or replaced; ``absent`` without one."""
    try:
        facts = path.stat()
    except OSError:
        return "absent"
    return (facts.st_mtime_ns, facts.st_ino, facts.st_size)


def _settled(path: Path, sign: object) -> object:
    """Wait until nobody writes any more: half a file may be valid, and says other things."""
    while True:
        pause(SETTLE_SECONDS)
        again = _sign(path)
        if again == sign:
            return sign
        sign = again
