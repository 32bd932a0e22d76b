"""What every connection to PostgreSQL has in common, waiting or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fraisier.db.answers import given, new_command_id
from fraisier.db.statements import postgresql_call

ATTEMPTS = 3
CONNECT_SECONDS = 5
LOCK_MILLISECONDS = 10_000
SET_UP = f"SET lock_timeout = {LOCK_MILLISECONDS}"
PREPARE_AFTER = 2

PARAMETERS: Mapping[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "fraisier",
    "client_encoding": "utf8",
}


def untyped(value: Any) -> Any:
    """Numbers as text, so that the server takes the column's type and not the driver's guess."""
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, (int, float)) else value


def call_of(
    function: str, command_id: str | None, arguments: Mapping[str, Any]
) -> tuple[str, Sequence[Any]]:
    """The statement that calls a function, and its parameters."""
    values = given(arguments)
    sql = postgresql_call(function, tuple(values))
    return sql, [command_id or new_command_id(), *(untyped(value) for value in values.values())]
