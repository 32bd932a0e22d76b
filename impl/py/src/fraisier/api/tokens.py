"""API tokens: whose a token is, asked of the database every time."""

from __future__ import annotations

import asyncio
import json
import logging

from fraisier.db import AsyncDatabase
from fraisier.domain.errors import FraisierError
from fraisier.domain.identity import Identity
from fraisier.domain.tokens import digest_of, is_token

_SQL = {
    "sqlite": "SELECT data FROM v_token_grant WHERE digest = ?",
    "postgresql": "SELECT data::text FROM v_token_grant WHERE digest = $1",
}

log = logging.getLogger("fraisier.api")


class ApiTokens:
    """
    Looks tokens up by their digest. What is revoked or has expired is nobody's at once,
    in every process.
    """

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        self._recording: set[asyncio.Task[None]] = set()

    async def __call__(self, token: str) -> Identity | None:
        """
        Whose token this is.

        Raises:
            FraisierError: ``database-unavailable`` and the like.
        """
        if not is_token(token):
            return None
        sql = _SQL[self._database.dialect]
        found = await self._database.fetch_json(sql, [digest_of(token)])
        if found is None:
            return None
        grant = json.loads(found)
        if grant["use_due"]:
            self._record(grant["id"])
        return Identity(f"token {grant['name']}", frozenset(grant["scopes"]))

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
