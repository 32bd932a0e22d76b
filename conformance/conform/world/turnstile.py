"""
A database that lets a worker come to a step and no further.

The step's start is committed and its act may go on, but the next write has to wait: the
worker is between its intent and its result. SQLite: the write lock, given away for one
commit after another until the start of the step can be read. PostgreSQL: a trigger that
waits for a lock of the scenario.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Protocol

import psycopg

from conform.databases import Scratch
from conform.dialects.sqlite import path_of
from conform.world.waiting import patient

WAIT_SECONDS = 30.0
KEY = 40_961_337  # of the advisory lock; the database has others of its own
STATE = """
SELECT state FROM tb_deployment_step WHERE step = '{step}'
   AND fk_deployment = (SELECT max(pk_deployment) FROM tb_deployment)
"""
WAITING = """
SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
 WHERE locktype = 'advisory' AND objid = {key} AND NOT granted AND datname = current_database()
"""
DROP = "DROP FUNCTION IF EXISTS conform_turnstile CASCADE"
TRIGGER = """
CREATE FUNCTION conform_turnstile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({key});
    RETURN NEW;
END $$;
CREATE TRIGGER conform_turnstile BEFORE UPDATE ON tb_deployment_step FOR EACH ROW
    WHEN (OLD.step = '{step}' AND NEW.state <> 'started') EXECUTE FUNCTION conform_turnstile();
"""


class Turnstile(Protocol):
    """From when it is made a worker can begin the step but not end it, until ``release``."""

    locks_all: bool  # nobody can write anything meanwhile

    def wait(self) -> bool:
        """The step has begun, and nobody can write its end; false when it was too quick."""
        ...

    def release(self) -> None:
        """Everybody can write again."""
        ...


def turnstile(scratch: Scratch, step: str) -> Turnstile:
    """One for a step of the next deployment; nobody has begun it yet."""
    return _Sqlite(scratch, step) if scratch.dialect == "sqlite" else _Postgresql(scratch, step)


class _Sqlite:
    locks_all = True

    def __init__(self, scratch: Scratch, step: str) -> None:
        self._question = STATE.format(step=step)
        path = path_of(scratch.url)
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
        self._take()

    def wait(self) -> bool:
        deadline = time.monotonic() + patient(WAIT_SECONDS)
        while not (row := self._connection.execute(self._question).fetchone()):
            assert time.monotonic() < deadline, "nobody has begun the step"
            seen = self._version()
            self._connection.execute("COMMIT")
            while self._version() == seen and time.monotonic() < deadline:
                time.sleep(0.0001)
            self._take()
        return row[0] == "started"

    def release(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        """Another number as soon as somebody else has committed."""
        return self._connection.execute("PRAGMA data_version").fetchone()[0]

    def _take(self) -> None:
        deadline = time.monotonic() + patient(WAIT_SECONDS)
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError:  # somebody writes
                assert time.monotonic() < deadline, "somebody writes for ever"
                time.sleep(0.0002)


class _Postgresql:
    locks_all = False

    def __init__(self, scratch: Scratch, step: str) -> None:
        self._connection = psycopg.connect(scratch.url, autocommit=True)
        self._connection.execute(DROP)
        self._connection.execute(TRIGGER.format(key=KEY, step=step).encode())
        self._connection.execute(f"SELECT pg_advisory_lock({KEY})".encode())

    def wait(self) -> bool:
        deadline = time.monotonic() + patient(WAIT_SECONDS)
        while not self._connection.execute(WAITING.format(key=KEY).encode()).fetchone():
            assert time.monotonic() < deadline, "nobody has begun the step"
            time.sleep(0.01)
        return True

    def release(self) -> None:
        self._connection.close()
