"""Things that are away for a while: the database, and the space on the disk."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql as compose

from conform.databases import Scratch
from conform.dialects.sqlite import path_of

PAUSE_SECONDS = 0.05
WAIT_SECONDS = 30.0
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def database_away(scratch: Scratch) -> Generator[None]:
    """
    Nobody can write the database inside of the block.

    PostgreSQL: every connection is cut, and none is accepted, as while a server
    restarts. SQLite: another program has locked the file.
    """
    scratch.close()
    away = _locked(scratch) if scratch.dialect == "sqlite" else _cut(scratch)
    with away:
        yield


@contextmanager
def _locked(scratch: Scratch) -> Generator[None]:
    connection = sqlite3.connect(path_of(scratch.url), isolation_level=None, timeout=WAIT_SECONDS)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.close()


@contextmanager
def _cut(scratch: Scratch) -> Generator[None]:
    server = urlunsplit(urlsplit(scratch.url)._replace(path="/postgres"))
    name = urlsplit(scratch.url).path.lstrip("/")
    with psycopg.connect(server, autocommit=True) as administrator:
        _allow(administrator, name, False)
        administrator.execute(TERMINATE, (name,))
        try:
            yield
        finally:
            _allow(administrator, name, True)
    with suppress(psycopg.Error):  # the kept connection has yet to notice
        scratch.rows("SELECT 1")
    scratch.close()


def _allow(administrator: psycopg.Connection[tuple[Any, ...]], name: str, allowed: bool) -> None:
    statement = compose.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    administrator.execute(statement.format(compose.Identifier(name), compose.Literal(allowed)))


def writable(scratch: Scratch) -> bool:
    """Whether nobody sits on SQLite's lock, as a process that is frozen in a write would."""
    if scratch.dialect != "sqlite":
        return True
    connection = sqlite3.connect(path_of(scratch.url), isolation_level=None, timeout=0.2)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def disk_full(pid: int) -> None:
    """The process, and what it starts from now on, can make no file longer than it is."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))


def space_again(pid: int) -> None:
    """Undo ``disk_full`` for the process itself."""
    try:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    except ProcessLookupError:
        return


def pause(seconds: float) -> None:
    """Let an outage last: its length is the stimulus, nothing is judged by it."""
    time.sleep(seconds)
