"""
SQLite: one file, one connection, every write in ``BEGIN IMMEDIATE``.

Durability: write-ahead log with ``synchronous=NORMAL``: a crash of the program
loses nothing, a power cut may lose the newest commits but never damages the
file. ``?synchronous=full`` in the URL pays a disk sync for each commit instead;
a server does so anyway, for all calls that come together (``sqlite_writer``).
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from fraisier.db import sqlite_installer
from fraisier.db.answers import answer_of, decoded, given, new_command_id
from fraisier.db.base import DatabaseState
from fraisier.db.location import Location
from fraisier.db.sqlite_errors import translated
from fraisier.db.sqlite_together import Statement, answers_of, joined
from fraisier.db.statements import (
    SQLITE_ANSWER,
    count_by,
    question_mark,
    select_data,
    sqlite_call,
)
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

PAUSE_FIRST_SECONDS = 0.002
PAUSE_LONGEST_SECONDS = 0.02
BUSY_SECONDS = 10.0
STEPS_BETWEEN_LOOKS = 20_000  # of SQLite's machine: about a millisecond

Result = TypeVar("Result")


class SqliteDatabase:
    """A ``Database`` (see ``db.base``) in a file of SQLite."""

    dialect = "sqlite"

    def __init__(self, location: Location, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = location.shown
        self._location = location
        self._path = Path(location.target).absolute()
        self._busy_seconds = busy_seconds
        self._open: sqlite3.Connection | None = None
        self._inode = 0
        self._seen = -1
        self._deadline = math.inf  # of the statement that reads now

    def call(self, function: str, /, command_id: str | None = None, **arguments: Any) -> Answer:
        """Call an ``fn_*`` in a transaction of its own; see ``db.base.Database.call``."""
        values = given(arguments)
        sql = sqlite_call(function, tuple(values))
        command = command_id or new_command_id()
        return self._guarded(lambda: self._call(sql, (command, *values.values())))

    def _call(self, sql: str, parameters: tuple[Any, ...]) -> Answer:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(sql, parameters)
            row = connection.execute(SQLITE_ANSWER, parameters[:1]).fetchone()
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
        return answer_of(row)

    def call_together(self, calls: Sequence[Statement]) -> list[Answer]:
        """
        Make several calls in one transaction; the answers in their order.

        Raises:
            FraisierError: None of them is done. One of them may be at fault: whoever
                makes them one by one finds out.
        """
        return self._guarded(lambda: self._call_together(calls))

    def _call_together(self, calls: Sequence[Statement]) -> list[Answer]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            for sql, parameters in joined(calls):
                connection.execute(sql, parameters)
            rows = answers_of(connection, [parameters[0] for _, parameters in calls])
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
        return [answer_of(row) for row in rows]

    def check_file(self) -> None:
        """
        Whether the file that is open is the one that is there.

        Raises:
            FraisierError: ``database-unavailable``: it was moved or replaced.
        """
        if self._open is None:
            return
        try:
            same = self._path.stat().st_ino == self._inode
        except OSError:
            same = False
        if not same:
            self.close()
            raise FraisierError(
                f"the file of {self.url} was moved or replaced", code="database-unavailable"
            )

    def read(
        self,
        view: str,
        where: Mapping[str, Any] | None = None,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        after: tuple[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Rows of a ``v_*``; see ``db.base.Database.read``."""
        sql, parameters = select_data(view, where, order, limit, after, question_mark)
        return [decoded(row[0]) for row in self._rows(sql, parameters)]

    def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """The first column of the first row of a reading statement, as it is."""
        self._deadline = time.monotonic() + (self._location.read_seconds or math.inf)
        try:
            row = self._guarded(
                lambda: self._connection().execute(sql, tuple(parameters)).fetchone()
            )
        finally:
            self._deadline = math.inf
        return None if row is None else row[0]

    def count(self, view: str, column: str) -> dict[str, int]:
        """The rows of a view, counted for each value of a column."""
        return {str(row[0]): row[1] for row in self._rows(count_by(view, column), ())}

    def ping(self) -> None:
        """
        Read something, from the file that is there now.

        Raises:
            FraisierError: ``database-unavailable`` (also when the file was replaced).
        """
        self._rows("SELECT max(version) FROM v_schema_version", ())
        self.check_file()

    def state(self) -> DatabaseState:
        """Compare the database with the packaged ``db/``; a missing file counts as empty."""
        if not self._path.exists():
            return sqlite_installer.state_of(None, self.url)
        return self._guarded(lambda: sqlite_installer.state_of(self._connection(), self.url))

    def migrate(self) -> DatabaseState:
        """Install or bring up to date; see ``db.base.Database.migrate``."""
        return self._guarded(lambda: sqlite_installer.migrate(self._connection(), self.url))

    def wait(self, seconds: float) -> None:
        """
        Return when another connection has committed since the last ``wait``.

        SQLite cannot wake us, so its change counter is looked at between short
        sleeps that grow; a look costs microseconds.
        """
        deadline = time.monotonic() + seconds
        pause = PAUSE_FIRST_SECONDS
        while not self.has_changed():
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, PAUSE_LONGEST_SECONDS)

    def changes(self) -> int:
        """A number that differs from the one before when another connection has written."""
        try:
            return self._connection().execute("PRAGMA data_version").fetchone()[0]
        except (sqlite3.Error, OSError) as error:
            raise translated(error, self.url) from error

    def has_changed(self) -> bool:
        """Whether another connection has committed since this was asked last; at first it has."""
        before, self._seen = self._seen, self.changes()
        return before != self._seen

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _rows(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        return self._guarded(lambda: self._connection().execute(sql, tuple(parameters)).fetchall())

    def _guarded(self, act: Callable[[], Result]) -> Result:
        try:
            return act()
        except (sqlite3.Error, OSError, UnicodeError, OverflowError) as error:
            raise translated(error, self.url) from error

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            _make_private(self._path)
            synchronous = self._location.synchronous or "normal"
            self._open = _connect(self._path, synchronous, self._busy_seconds)
            if self._location.read_seconds is not None:
                self._open.set_progress_handler(self._is_late, STEPS_BETWEEN_LOOKS)
            self._inode = self._path.stat().st_ino
        return self._open


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never open a file that is there: closing any descriptor of it drops the locks of
    # every connection that this process has, and then others remove the log under them.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _connect(path: Path, synchronous: str, busy_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        # Going over to the write-ahead log needs the file for itself: two
        # processes that create it at once must wait for each other here.
        _journal(connection, busy_seconds)
        connection.execute(f"PRAGMA synchronous={synchronous.upper()}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA temp_store=MEMORY")  # journals of triggers
        connection.execute("PRAGMA wal_autocheckpoint=4000")  # 16 MiB: fewer stalls on the disk
    except BaseException:
        connection.close()
        raise
    return connection


def _journal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    deadline = time.monotonic() + max(busy_seconds, 1.0)
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_LONGEST_SECONDS)
        else:
            return


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
