"""Calls to PostgreSQL that come together: one statement, and each its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from fraisier.db import connect, postgresql_together
from fraisier.db.asynchronous import open_async
from fraisier.db.postgresql_together import TOGETHER_MAX, PostgresqlCalls
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

REAP: tuple[str, dict[str, Any]] = ("fn_reap_expired_leases", {})
SYNC = "fn_sync_registry"


def busy() -> FraisierError:
    """What somebody gets who has waited for too long."""
    return FraisierError("too much to do", code="database-busy")


def answered(sql: str, number: int) -> tuple[Any, ...]:
    """A row that tells by which statement, and as which of its calls, it was made."""
    return (True, False, None, str(sql.count("UNION")), 200, *[None] * 8, number)


async def outcomes(calls: PostgresqlCalls, *asked: tuple[str, dict[str, Any]]) -> list[Any]:
    """What comes of calls that are made in one turn of the loop."""
    tasks = [asyncio.create_task(calls.call(name, None, values)) for name, values in asked]
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_call__one_turn__neighbours_that_are_alike_are_one_statement() -> None:
    """The order stays, no statement is larger than it may be."""
    made: list[str] = []

    async def run(sql: str, _parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        made.append(sql)
        return [answered(sql, n) for n in range(sql.count("fn_"))]

    many = [REAP] * (TOGETHER_MAX + 2)
    found = asyncio.run(outcomes(PostgresqlCalls(run, busy), *many, (SYNC, {}), REAP))
    assert [sql.count("fn_") for sql in made] == [TOGETHER_MAX, 2, 1, 1]
    assert len(found) == TOGETHER_MAX + 4
    assert all(isinstance(each, Answer) for each in found)


@pytest.mark.parametrize(("code", "times"), [("internal", 4), ("database-busy", 1)])
def test_call__a_statement_fails__is_made_one_by_one_unless_all_would_fail(
    code: str, times: int
) -> None:
    """One bad call undoes none of its neighbours; a database that is away is not asked again."""
    made: list[str] = []

    async def run(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        made.append(sql)
        if "bad" in parameters or code == "database-busy":
            raise FraisierError("no", code=code)
        return [answered(sql, 0)]

    asked = [("fn_sync_registry", {"actor": actor}) for actor in ("one", "bad", "two")]
    found = asyncio.run(outcomes(PostgresqlCalls(run, busy), *asked))
    failed = [isinstance(each, FraisierError) for each in found]
    assert failed == ([False, True, False] if code == "internal" else [True] * 3)
    assert len(made) == times


def test_call__waits_too_long__is_told_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever behind others; what is under way is finished."""
    monkeypatch.setattr(postgresql_together, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(postgresql_together, "STATEMENTS_MAX", 1)

    async def scene() -> tuple[Any, Any]:
        go_on = asyncio.Event()

        async def run(sql: str, _parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
            await go_on.wait()
            return [answered(sql, 0)]

        calls = PostgresqlCalls(run, busy)
        first = asyncio.create_task(calls.call(REAP[0], None, {}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        second = asyncio.create_task(calls.call(REAP[0], None, {}))
        with pytest.raises(FraisierError) as caught:
            await second
        go_on.set()
        await calls.close()
        return caught.value.code, (await first).status_detail

    assert asyncio.run(scene()) == ("database-busy", "0")


def test_pool__many_together__each_has_its_own_answer(postgresql_url: str) -> None:
    """Calls of several functions, one of them faulty, are answered each by its own."""
    connect(postgresql_url).migrate()

    async def scene() -> list[Any]:
        database = open_async(postgresql_url)
        tasks = [asyncio.create_task(database.call(REAP[0])) for _ in range(20)]
        tasks.insert(3, asyncio.create_task(database.call(SYNC, registry="no JSON")))
        ask = {"fraise": "nobody", "environment": "nowhere"}
        tasks.insert(9, asyncio.create_task(database.call("fn_request_deployment", **ask)))
        try:
            return await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await database.close()

    found = asyncio.run(scene())
    assert isinstance(found.pop(3), FraisierError)
    assert found.pop(8).status_detail == "unknown-fraise"
    assert [each.status_detail for each in found] == ["nothing-to-reap"] * 20
