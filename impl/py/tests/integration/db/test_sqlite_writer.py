"""Calls that come together on SQLite: one transaction, and each its own outcome."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fraisier.db import AsyncDatabase, asynchronous, connect
from fraisier.db.asynchronous import open_async
from fraisier.db.location import parse
from fraisier.db.sqlite import SqliteDatabase
from fraisier.db.sqlite_together import Statement, joined
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

SETTINGS = ("journal_mode", "synchronous")
COMMANDS = "SELECT count(*) FROM tb_command"


def path_of(url: str) -> Path:
    """The file of a URL."""
    return Path(parse(url).target)


@pytest.fixture
def url(sqlite_url: str) -> str:
    """An installed database."""
    with closing(connect(sqlite_url)) as database:
        database.migrate()
    return sqlite_url


@contextmanager
def locked(path: Path) -> Generator[sqlite3.Connection]:
    """Another program's lock, so that calls gather; let it go with ROLLBACK."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield holder


async def gathered(
    database: AsyncDatabase, path: Path, *calls: tuple[str, str, dict[str, object]]
) -> list[Answer | BaseException]:
    """The outcomes of calls of which all but the first come together."""
    with locked(path) as holder:
        tasks = [
            asyncio.create_task(database.call(function, command, **arguments))
            for function, command, arguments in calls
        ]
        await asyncio.sleep(0.1)
        assert not any(task.done() for task in tasks)
        holder.execute("ROLLBACK")
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    await database.close()
    return outcomes


def test_call__many_together__each_has_its_own_answer(url: str) -> None:
    """Calls of several functions, in one transaction, are answered each by its own."""
    calls = [("fn_reap_expired_leases", f"reap-{n}", {}) for n in range(40)]
    calls[7] = ("fn_request_deployment", "ask", {"fraise": "nobody", "environment": "nowhere"})
    outcomes = asyncio.run(gathered(open_async(url), path_of(url), *calls))
    details = [outcome.status_detail for outcome in outcomes if isinstance(outcome, Answer)]
    assert details == ["nothing-to-reap"] * 7 + ["unknown-fraise"] + ["nothing-to-reap"] * 32
    with closing(connect(url)) as database:
        assert database.fetch_json(COMMANDS) == 40


@pytest.mark.parametrize(
    ("function", "arguments", "code"),
    [
        ("fn_sync_registry", {"registry": "no JSON"}, "internal"),
        ("fn_nothing", {}, "database-outdated"),
        ("fn_request_deployment", {"fraise": "\ud800"}, "invalid-argument"),
    ],
)
def test_call__one_of_many_fails__the_others_are_done(
    url: str, function: str, arguments: dict[str, object], code: str
) -> None:
    """A call that aborts its transaction takes no neighbour with it."""
    calls = [("fn_reap_expired_leases", f"reap-{n}", {}) for n in range(5)]
    calls[3] = (function, "bad", arguments)
    outcomes = asyncio.run(gathered(open_async(url), path_of(url), *calls))
    failed = outcomes.pop(3)
    assert isinstance(failed, FraisierError)
    assert failed.code == code
    assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
    with closing(connect(url)) as database:
        assert database.fetch_json(COMMANDS) == 4


def test_call__same_command_twice_together__is_done_once(url: str) -> None:
    """Two calls with one command id get one answer."""
    calls = [("fn_reap_expired_leases", "first", {})]
    calls += [("fn_reap_expired_leases", "same", {}) for _ in range(2)]
    outcomes = asyncio.run(gathered(open_async(url), path_of(url), *calls))
    assert outcomes[1] == outcomes[2]
    with closing(connect(url)) as database:
        assert database.fetch_json(COMMANDS) == 2


def test_call__who_asked_has_gone__the_others_are_answered(url: str) -> None:
    """A client that hangs up leaves its neighbours and the writer alone."""

    async def scene() -> Answer:
        database = open_async(url)
        with locked(path_of(url)) as holder:
            gone = asyncio.create_task(database.call("fn_reap_expired_leases"))
            stays = asyncio.create_task(database.call("fn_reap_expired_leases"))
            await asyncio.sleep(0.1)
            gone.cancel()
            holder.execute("ROLLBACK")
            answer = await stays
        await database.close()
        return answer

    assert asyncio.run(scene()).succeeded


def test_close__calls_wait__are_done_first(url: str) -> None:
    """What a server has taken is done before it ends."""

    async def scene() -> int:
        database = open_async(url)
        tasks = [asyncio.create_task(database.call("fn_reap_expired_leases")) for _ in range(50)]
        await asyncio.sleep(0)
        await database.close()
        return sum(task.result().succeeded for task in tasks)

    assert asyncio.run(scene()) == 50


def test_call__file_replaced__is_unavailable_once(url: str) -> None:
    """Nothing is written into a file that nobody will ever open again."""

    async def scene() -> str:
        database = open_async(url)
        await database.call("fn_reap_expired_leases")
        path_of(url).rename(path_of(url).with_suffix(".old"))
        with pytest.raises(FraisierError) as caught:
            await database.call("fn_reap_expired_leases")
        await database.close()
        return caught.value.code

    assert asyncio.run(scene()) == "database-unavailable"


def test_call__locked_for_too_long__all_that_waited_are_told(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred calls wait for a lock as long as one does, not one batch after another."""
    tries: list[int] = []
    really = SqliteDatabase.call_together

    def counted(database: SqliteDatabase, calls: Sequence[Statement]) -> list[Answer]:
        tries.append(len(calls))
        return really(database, calls)

    monkeypatch.setattr(SqliteDatabase, "call_together", counted)
    monkeypatch.setattr(asynchronous, "BUSY_SECONDS", 0.3)

    async def scene() -> list[str]:
        database = open_async(url)
        with locked(path_of(url)):
            calls = (database.call("fn_reap_expired_leases") for _ in range(100))
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
        await database.close()
        return [outcome.code for outcome in outcomes if isinstance(outcome, FraisierError)]

    assert asyncio.run(scene()) == ["database-busy"] * 100
    assert len(tries) == 1


def test_call__of_a_server__is_synced_to_the_disk(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection that writes for a server has synchronous=FULL, unless the URL says less."""
    found: list[object] = []
    really = SqliteDatabase.call_together

    def asked(database: SqliteDatabase, calls: Sequence[Statement]) -> list[Answer]:
        answers = really(database, calls)
        found.extend(database.fetch_json(f"PRAGMA {each}") for each in SETTINGS)
        return answers

    monkeypatch.setattr(SqliteDatabase, "call_together", asked)

    async def scene(option: str) -> None:
        database = open_async(url + option)
        await database.call("fn_reap_expired_leases")
        await database.close()

    asyncio.run(scene(""))
    asyncio.run(scene("?synchronous=normal"))
    assert found == ["wal", 2, "wal", 1]


def test_joined__neighbours_that_are_alike__are_one_statement() -> None:
    """The order stays; the last call fills up, as there shall be few texts to prepare."""
    one, other = "INSERT INTO fn_a (x) VALUES (?)", "INSERT INTO fn_b (x) VALUES (?)"
    calls = [(one, (n,)) for n in range(5)] + [(other, (5,)), (one, (6,))]
    assert list(joined(calls)) == [
        (f"INSERT INTO fn_a (x) VALUES {', '.join(['(?)'] * 8)}", (0, 1, 2, 3, 4, 4, 4, 4)),
        ("INSERT INTO fn_b (x) VALUES (?)", (5,)),
        ("INSERT INTO fn_a (x) VALUES (?)", (6,)),
    ]
