"""What holds for SQLite only: the file, its pragmas, its locks."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from fraisier.db import connect
from fraisier.db.asynchronous import open_async
from fraisier.db.location import parse
from fraisier.db.sqlite import SqliteDatabase
from fraisier.domain.errors import FraisierError


def path_of(url: str) -> Path:
    """The file of a URL."""
    return Path(parse(url).target)


def test_connect__unused__creates_nothing(sqlite_url: str) -> None:
    """Neither connecting nor looking at the state makes a file."""
    database = connect(sqlite_url)
    assert database.state().empty
    assert not path_of(sqlite_url).parent.exists()


def test_migrate__new_file__is_private(sqlite_url: str) -> None:
    """The folder and the file are the owner's alone."""
    database = connect(sqlite_url)
    assert database.migrate().current
    database.close()
    assert path_of(sqlite_url).parent.stat().st_mode & 0o777 == 0o700
    assert path_of(sqlite_url).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("option", "level"), [("", 1), ("?synchronous=full", 2)])
def test_connect__synchronous__is_as_asked(sqlite_url: str, option: str, level: int) -> None:
    """NORMAL by default, FULL on request, both with the write-ahead log."""
    database = connect(sqlite_url + option)
    assert database.fetch_json("PRAGMA synchronous") == level
    assert database.fetch_json("PRAGMA journal_mode") == "wal"
    assert database.fetch_json("PRAGMA foreign_keys") == 1
    database.close()


def test_call__locked_for_too_long__is_busy(sqlite_url: str) -> None:
    """A lock that is not given back ends in an error that says so."""
    connect(sqlite_url).migrate()
    holder = sqlite3.connect(path_of(sqlite_url), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = SqliteDatabase(parse(sqlite_url), busy_seconds=0.05)
    with pytest.raises(FraisierError) as caught:
        database.call("fn_reap_expired_leases")
    holder.close()
    assert caught.value.code == "database-busy"
    assert database.call("fn_reap_expired_leases").succeeded
    database.close()


def test_open_async__locked_for_a_while__lets_the_loop_go_on(sqlite_url: str) -> None:
    """While a call waits for another process's lock, the event loop does other things."""
    connect(sqlite_url).migrate()
    holder = sqlite3.connect(path_of(sqlite_url), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    async def scene() -> tuple[bool, bool]:
        database = open_async(sqlite_url)
        call = asyncio.create_task(database.call("fn_reap_expired_leases"))
        await asyncio.sleep(0.05)
        waiting = not call.done()
        holder.execute("ROLLBACK")
        answer = await call
        await database.close()
        return waiting, answer.succeeded

    assert asyncio.run(scene()) == (True, True)
    holder.close()


@pytest.mark.parametrize("content", [b"this is no database at all, only text" * 100])
def test_state__file_is_no_database__is_unavailable(sqlite_url: str, content: bytes) -> None:
    """A file of another kind is reported and left as it is."""
    path = path_of(sqlite_url)
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(FraisierError) as caught:
        connect(sqlite_url).state()
    assert caught.value.code == "database-unavailable"
    assert path.read_bytes() == content


def test_ping__file_replaced__is_unavailable(sqlite_url: str) -> None:
    """A server whose database file was taken away does not claim to be well."""
    database = connect(sqlite_url)
    database.migrate()
    database.ping()
    path_of(sqlite_url).unlink()
    with pytest.raises(FraisierError) as caught:
        database.ping()
    database.close()
    assert caught.value.code == "database-unavailable"
