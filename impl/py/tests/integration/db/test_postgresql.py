"""What holds for PostgreSQL only: lost connections and the pool."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import psycopg
import pytest
from fraisier.db import connect
from fraisier.db.asynchronous import open_async
from fraisier.domain.errors import FraisierError

END_OTHERS = (
    b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    b" WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def end_other_connections(url: str) -> None:
    """Cut every other connection to the database, as a restarted server does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(END_OTHERS)


def test_call__connection_lost__is_asked_again(postgresql_url: str) -> None:
    """A connection that the server ended is replaced, and the call is done."""
    database = connect(postgresql_url)
    database.migrate()
    end_other_connections(postgresql_url)
    assert database.call("fn_reap_expired_leases").status_detail == "nothing-to-reap"
    database.close()


def test_pool__connections_lost__are_replaced(postgresql_url: str) -> None:
    """The server's pool survives a restart of PostgreSQL between two requests."""
    connect(postgresql_url).migrate()

    async def scene() -> list[object]:
        database = open_async(postgresql_url)
        before = await asyncio.gather(*(database.fetch_json("SELECT 1") for _ in range(20)))
        await asyncio.to_thread(end_other_connections, postgresql_url)
        after = await asyncio.gather(*(database.fetch_json("SELECT 2") for _ in range(20)))
        await database.ping()
        await database.close()
        return [set(before), set(after)]

    assert asyncio.run(scene()) == [{1}, {2}]


def test_pool__cancelled_statement__does_not_poison_the_next(postgresql_url: str) -> None:
    """A request that was given up leaves no half-read connection behind."""

    async def scene() -> object:
        database = open_async(postgresql_url)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await database.fetch_json("SELECT pg_sleep(5)")
        result = await database.fetch_json("SELECT $1 || '!'", ["next"])
        await database.close()
        return result

    assert asyncio.run(scene()) == "next!"


def test_connect__wrong_port__says_so_without_the_password() -> None:
    """An unreachable server is an error with the address and without the password."""
    database = connect("postgresql://me:sehr-geheim@127.0.0.1:1/name")
    with pytest.raises(FraisierError) as caught:
        database.ping()
    assert caught.value.code == "database-unavailable"
    assert "127.0.0.1" in caught.value.message
    assert "sehr-geheim" not in caught.value.message


SYNCED = "?options=-c%20synchronous_commit%3Don"
INSERTED = b"SELECT pg_current_wal_insert_lsn()"
FLUSHED_SINCE = b"SELECT pg_current_wal_flush_lsn() - $1::pg_lsn"


def test_call__server_syncs_commits__is_answered_when_it_is_on_the_disk(
    postgresql_url: str,
) -> None:
    """The commit holds nobody up, and yet its log is written before the answer."""
    connect(postgresql_url).migrate()

    async def scene() -> tuple[object, list[bool]]:
        database = open_async(postgresql_url + SYNCED)
        setting = await database.fetch_json("SHOW synchronous_commit")
        written: list[bool] = []
        for _ in range(20):
            before = await database.fetch_json(INSERTED.decode())
            await database.call("fn_reap_expired_leases")
            since = await database.fetch_json(FLUSHED_SINCE.decode(), [str(before)])
            written.append(since is not None and int(since) > 100)
        await database.close()
        return setting, written

    assert asyncio.run(scene()) == ("off", [True] * 20)


def test_call__role_may_not_flush__commits_are_synced(postgresql_url: str) -> None:
    """Where the log may not be flushed by hand, every commit waits for the disk itself."""
    emit = "FUNCTION pg_logical_emit_message(boolean, text, text)"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        name = f"modest_{connection.info.dbname}"[:60]
        connection.execute(f"REVOKE EXECUTE ON {emit} FROM PUBLIC".encode())
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'modest'".encode())
        try:
            assert asyncio.run(_setting_of(_as_role(postgresql_url, name))) == "on"
        finally:
            connection.execute(f"DROP ROLE {name}".encode())


def _as_role(url: str, name: str) -> str:
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return f"postgresql://{name}:modest@{address}{parts.path}{SYNCED}"


async def _setting_of(url: str) -> object:
    database = open_async(url)
    try:
        return await database.fetch_json("SHOW synchronous_commit")
    finally:
        await database.close()
