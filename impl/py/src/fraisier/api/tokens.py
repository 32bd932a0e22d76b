"""API tokens: whose a token is, asked of the database whenever that may have changed."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from fraisier.db import AsyncDatabase
from fraisier.domain.errors import FraisierError
from fraisier.domain.identity import Identity
from fraisier.domain.tokens import digest_of, is_token

_SQL = {
    "sqlite": "SELECT data FROM v_token_grant WHERE digest = ?",
    "postgresql": "SELECT data::text FROM v_token_grant WHERE digest = $1",
}

AGAIN_SECONDS = 0.5
GRANTS_MAX = 256

log = logging.getLogger("fraisier.api")


class _Grant(NamedTuple):
    """What the database said of a token, when its change counter showed ``as_of``."""

    identity: Identity
    as_of: int | None
    until: float


class ApiTokens:
    """
    Looks tokens up by their digest. What is revoked is nobody's at once, in every process:
    what was said is only repeated while the database's counter of changes stands still.
    One that has expired may be taken for ``AGAIN_SECONDS`` longer.
    """

    def __init__(self, database: AsyncDatabase, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._grants: dict[str, _Grant] = {}
        self._recording: set[asyncio.Task[None]] = set()

    async def __call__(self, token: str) -> Identity | None:
        """
        Whose token this is.

        Raises:
            FraisierError: ``database-unavailable`` and the like.
        """
        if not is_token(token):
            return None
        sql, digest = _SQL[self._database.dialect], digest_of(token)
        as_of = self._database.changes()
        found = await self._database.fetch_json(sql, [digest])
        if found is None:
            return None
        grant = json.loads(found)
        identity = Identity(f"token {grant['name']}", frozenset(grant["scopes"]))
        if grant["use_due"]:
            self._record(grant["id"])
        elif as_of is not None:
            self._keep(digest, _Grant(identity, as_of, self._now() + AGAIN_SECONDS))
        return identity

    def known(self, token: str) -> Identity | None:
        """Whose token this is, if that was said a moment ago and nothing has changed since."""
        if not self._grants or not is_token(token):
            return None
        grant = self._grants.get(digest_of(token))
        if grant is None or self._now() >= grant.until:
            return None
        return grant.identity if self._database.changes() == grant.as_of else None

    def _keep(self, digest: str, grant: _Grant) -> None:
        if len(self._grants) >= GRANTS_MAX:
            self._grants.clear()
        self._grants[digest] = grant

    def _record(self, token_id: str) -> None:
        task = asyncio.ensure_future(self._say_used(token_id))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    async def _say_used(self, token_id: str) -> None:
        # Nobody is refused or waits because this cannot be written.
        try:
            await self._database.call("fn_record_token_use", token_id=token_id)
        except FraisierError as error:
            log.warning("the use of a token is not recorded: %s", error.code)
