"""SQL text for reads and calls, from names that are checked first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

ANSWER_COLUMNS = (
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
_VIEW = re.compile(r"v_[a-z][a-z_]{0,60}\Z")
_FUNCTION = re.compile(r"fn_[a-z][a-z_]{0,60}\Z")
_COLUMN = re.compile(r"[a-z][a-z_]{0,60}\Z")

Placeholder = Callable[[int], str]


def question_mark(_number: int) -> str:
    """SQLite's placeholder."""
    return "?"


def dollar(number: int) -> str:
    """PostgreSQL's placeholder."""
    return f"${number}"


def view_name(name: str) -> str:
    """The name of a view. Raises ``ValueError``: a fault of the caller, not of its user."""
    return _checked(_VIEW, name)


def function_name(name: str) -> str:
    """The name of a function. Raises ``ValueError`` like ``view_name``."""
    return _checked(_FUNCTION, name)


def column_name(name: str) -> str:
    """The name of a column or an argument. Raises ``ValueError`` like ``view_name``."""
    return _checked(_COLUMN, name)


def _checked(pattern: re.Pattern[str], name: str) -> str:
    if pattern.match(name) is None:
        raise ValueError(f"not a name of this kind: {name!r}")
    return name


def select_data(
    view: str,
    where: Mapping[str, Any] | None,
    order: Sequence[str],
    limit: int | None,
    after: tuple[str, Any] | None,
    placeholder: Placeholder,
) -> tuple[str, list[Any]]:
    """The statement of ``Database.read`` and its parameters."""
    conditions: list[str] = []
    parameters: list[Any] = []
    for column, value in (where or {}).items():
        if value is None:
            conditions.append(f"{column_name(column)} IS NULL")
        else:
            parameters.append(value)
            conditions.append(f"{column_name(column)} = {placeholder(len(parameters))}")
    if after is not None:
        parameters.append(after[1])
        conditions.append(f"{column_name(after[0])} > {placeholder(len(parameters))}")
    sql = f"SELECT data FROM {view_name(view)}"
    if conditions:
        sql += " WHERE " + " AND ".join(conditions)
    if order:
        sql += " ORDER BY " + ", ".join(_ordered(name) for name in order)
    return sql + (f" LIMIT {int(limit)}" if limit is not None else ""), parameters


def _ordered(name: str) -> str:
    return f"{column_name(name[1:])} DESC" if name.startswith("-") else column_name(name)


def count_by(view: str, column: str) -> str:
    """The rows of a view, counted for each value of a column."""
    name = column_name(column)
    return f"SELECT {name}, count(*) FROM {view_name(view)} GROUP BY {name}"


@lru_cache(maxsize=256)
def sqlite_call(function: str, arguments: tuple[str, ...]) -> str:
    """The INSERT that calls a function (``db/README.md``, "Calling a function")."""
    columns = ", ".join(column_name(name) for name in ("command_id", *arguments))
    values = ", ".join("?" * (len(arguments) + 1))
    return f"INSERT INTO {function_name(function)} ({columns}) VALUES ({values})"


SQLITE_ANSWER = f"SELECT {', '.join(ANSWER_COLUMNS)} FROM v_mutation_response WHERE command_id = ?"


@lru_cache(maxsize=256)
def postgresql_call(function: str, arguments: tuple[str, ...]) -> str:
    """The SELECT that calls a function with named arguments."""
    return f"SELECT {', '.join(ANSWER_COLUMNS)} FROM {_called(function, arguments, 0)}"


@lru_cache(maxsize=512)
def postgresql_calls(function: str, arguments: tuple[str, ...], count: int) -> str:
    """``postgresql_call`` several times over; the last column is the number of the call."""
    columns = ", ".join(ANSWER_COLUMNS)
    calls = (_called(function, arguments, n * (len(arguments) + 1)) for n in range(count))
    return " UNION ALL ".join(
        f"SELECT {columns}, {number} FROM {call}" for number, call in enumerate(calls)
    )


def _called(function: str, arguments: tuple[str, ...], before: int) -> str:
    names = ("command_id", *arguments)
    given = ", ".join(
        f"p_{column_name(name)} => ${number}" for number, name in enumerate(names, before + 1)
    )
    return f"{function_name(function)}({given})"
