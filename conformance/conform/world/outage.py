"""Things that are away for a while: the database, and the space on the disk."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from fraisier_lab.cluster import Mortal

from conform.databases import Scratch
from conform.dialects.sqlite import path_of

WAIT_SECONDS = 30.0

Outage = Callable[[], AbstractContextManager[None]]


def of_file(scratch: Scratch) -> Outage:
    """Another program has locked SQLite's file: nobody can write inside of the block."""

    @contextmanager
    def locked() -> Generator[None]:
        scratch.close()
        path = path_of(scratch.url)
        connection = sqlite3.connect(path, isolation_level=None, timeout=WAIT_SECONDS)
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.close()

    return locked


def of_server(scratch: Scratch, server: Mortal) -> Outage:
    """The server dies with all its connections, and comes back at the end of the block."""

    @contextmanager
    def dead() -> Generator[None]:
        server.die()
        scratch.close()
        try:
            yield
        finally:
            server.come_back()

    return dead


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
