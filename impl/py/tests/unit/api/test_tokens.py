"""API tokens are looked up once a moment at most, and never after a change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, cast

import pytest
from fraisier.api.tokens import AGAIN_SECONDS, ApiTokens
from fraisier.db import AsyncDatabase
from fraisier.domain.tokens import digest_of, new_token


class Database:
    """A database with one token; it counts how often it is asked."""

    dialect = "sqlite"

    def __init__(self, token: str, *, use_due: bool = False, counts: bool = True) -> None:
        self.digests = {digest_of(token)}
        self.commits = self.asked = 0
        self._counts = counts
        self._grant = {"id": "1", "name": "reader", "scopes": ["read"], "use_due": use_due}

    def changes(self) -> int | None:
        """The counter, where there is one."""
        return self.commits if self._counts else None

    async def fetch_json(self, _sql: str, parameters: Sequence[Any]) -> str | None:
        """The grant."""
        self.asked += 1
        return json.dumps(self._grant) if parameters[0] in self.digests else None

    async def call(self, _function: str, **_arguments: Any) -> None:
        """Its use is recorded."""
        self.commits += 1

    def revoke(self) -> None:
        """Nobody has the token any more."""
        self.digests.clear()
        self.commits += 1


class Time:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


async def looked_up(tokens: ApiTokens, token: str) -> None:
    """Ask, and let the record of it be written."""
    assert await tokens(token) is not None
    await asyncio.sleep(0)


def test_known__asked_a_moment_ago__is_the_same_without_the_database() -> None:
    """Nothing has changed: the database is not asked again, until the moment is over."""
    token, time = new_token(), Time()
    database = Database(token)
    tokens = ApiTokens(cast("AsyncDatabase", database), time)
    assert tokens.known(token) is None
    asyncio.run(looked_up(tokens, token))
    known = tokens.known(token)
    assert known is not None
    assert (known.name, known.scopes, database.asked) == ("token reader", {"read"}, 1)
    time.now += AGAIN_SECONDS
    assert tokens.known(token) is None


def test_known__revoked_meanwhile__is_nobody() -> None:
    """Whatever was written may have been the end of the token."""
    token = new_token()
    database = Database(token)
    tokens = ApiTokens(cast("AsyncDatabase", database))
    asyncio.run(looked_up(tokens, token))
    database.revoke()
    assert tokens.known(token) is None
    assert asyncio.run(tokens(token)) is None


@pytest.mark.parametrize("settings", [{"use_due": True}, {"counts": False}])
def test_known__use_to_be_recorded_or_no_counter__is_always_looked_up(settings: Any) -> None:
    """What is due must be recorded, and without a counter a change would not be seen."""
    token = new_token()
    database = Database(token, **settings)
    tokens = ApiTokens(cast("AsyncDatabase", database))
    asyncio.run(looked_up(tokens, token))
    assert tokens.known(token) is None


def test_known__another_token__is_nobody() -> None:
    """Only the very token that was shown."""
    token = new_token()
    tokens = ApiTokens(cast("AsyncDatabase", Database(token)))
    asyncio.run(looked_up(tokens, token))
    assert [tokens.known(each) for each in (new_token(), "no token", "")] == [None] * 3
