"""What the suite needs of a database, whatever its dialect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = dict[str, Any]
COLUMNS = (
    "succeeded",
    "state_changed",
    "error_class",
    "status_detail",
    "http_status",
    "message",
    "entity_id",
    "entity_type",
    "entity",
    "updated_fields",
    "cascade",
    "error_detail",
    "metadata",
)


class Connection(Protocol):
    """One open connection, committing each statement by itself."""

    def call(self, function: str, command_id: str, arguments: Mapping[str, Any]) -> Row:
        """Call an ``fn_*`` as db/README.md says; return its row, JSON decoded."""
        ...

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Run a statement with ``:name`` parameters; return its rows, JSON decoded."""
        ...

    def script(self, sql: str) -> None:
        """Run several statements in one transaction."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Dialect(Protocol):
    """How databases of one kind are made, copied, opened and dropped."""

    name: str

    def create(self, place: str, name: str) -> str:
        """Make an empty database; ``place`` is a folder or an administrator's URL."""
        ...

    def copy(self, url: str, place: str, name: str) -> str:
        """Copy a database that nobody is connected to; return the URL of the copy."""
        ...

    def lend(self, url: str, place: str, name: str) -> str:
        """A copy that may have been lent before, and has nothing left of that."""
        ...

    def give_back(self, url: str) -> None:
        """Take a copy that was lent; nobody uses it any more."""
        ...

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        ...

    def sweep(self, url: str) -> None:
        """Remove every copy that was made of a database and is still there."""
        ...

    def connect(self, url: str) -> Connection:
        """Open one connection."""
        ...

    def catalog(self, url: str) -> Sequence[tuple[str, ...]]:
        """Everything that an installation made, sorted, to compare two of them."""
        ...

    def attach(self, url: str) -> AbstractContextManager[str]:
        """
        DuckDB's statement that attaches the database as it is now, read-only, as
        ``subject``; DuckDB detaches it before the block ends.
        """
        ...


def decoded(value: Any) -> Any:
    """JSON text as what it says; every other value as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def argument(value: Any) -> Any:
    """A value as a function takes it: objects and lists as JSON text."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
