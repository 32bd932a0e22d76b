"""What the rest of Fraisier knows of a database: call a function, read a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fraisier.domain.values import Answer


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """How a database stands to the ``db/`` that this program carries."""

    url: str  # without the password
    dialect: str
    version: int  # 0: empty
    newest: int
    digest: str | None
    expected_digest: str

    @property
    def empty(self) -> bool:
        """Nothing of Fraisier is there."""
        return self.version == 0

    @property
    def current(self) -> bool:
        """Tables, views and functions are the ones of this program."""
        return self.version == self.newest and self.digest == self.expected_digest


class Database(Protocol):
    """
    One connection. Not shared between threads: open one per thread.

    Raises (every method):
        FraisierError: ``database-unavailable``, ``database-busy``.
    """

    url: str
    dialect: str

    def call(self, function: str, /, command_id: str | None = None, **arguments: Any) -> Answer:
        """
        Call an ``fn_*``; dictionaries and lists go in as JSON. A refusal is an
        answer, not an error. Without ``command_id`` a new one is made.
        """
        ...

    def read(
        self,
        view: str,
        where: Mapping[str, Any] | None = None,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        after: tuple[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """
        Rows of a ``v_*`` as their decoded ``data``. ``where`` are equalities of
        native columns, ``order`` their names (``-name`` descends), ``after`` a
        column and the value that it must exceed.
        """
        ...

    def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """
        The first column of the first row of a reading statement, unparsed; None
        when there is no row. Placeholders are ``?`` in SQLite and ``$1`` in
        PostgreSQL, whose server infers their types.
        """
        ...

    def count(self, view: str, column: str) -> dict[str, int]:
        """The rows of a ``v_*``, counted for each value of a native column."""
        ...

    def ping(self) -> None:
        """Read one row, to know that the database is there."""
        ...

    def state(self) -> DatabaseState:
        """Compare the database with the packaged ``db/``."""
        ...

    def migrate(self) -> DatabaseState:
        """Install an empty database or bring an older one up to date; safe to race."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when another connection may have written, or after ``seconds``."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class AsyncDatabase(Protocol):
    """
    What a server asks of a database from its event loop; never blocks it for long.

    Raises (every method):
        FraisierError: ``database-unavailable``, ``database-busy``.
    """

    dialect: str

    async def call(
        self, function: str, /, command_id: str | None = None, **arguments: Any
    ) -> Answer:
        """Like ``Database.call``."""
        ...

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """Like ``Database.fetch_json``."""
        ...

    async def count(self, view: str, column: str) -> dict[str, int]:
        """Like ``Database.count``."""
        ...

    def changes(self) -> int | None:
        """
        A number that differs from the one before when anybody has written since; None
        where the database has no such counter that is cheap to ask.
        """
        ...

    async def ping(self) -> None:
        """Like ``Database.ping``."""
        ...

    async def wait(self, seconds: float) -> None:
        """Like ``Database.wait``. One at a time."""
        ...

    async def close(self) -> None:
        """Give every connection back."""
        ...
