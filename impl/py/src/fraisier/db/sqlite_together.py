"""
Several calls as few statements of SQLite.

Rows of one INSERT fire the trigger of a function one after another, so many calls of
one function cost one statement: the interpreter's lock is let go once, not for each.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from fraisier.db.statements import ANSWER_COLUMNS

Statement = tuple[str, tuple[Any, ...]]  # an INSERT of one row; the command id comes first
ROWS_MAX = 32  # a power of two; also bounds how many prepared statements there can be

Item = TypeVar("Item")


def joined(calls: Sequence[Statement]) -> Iterator[Statement]:
    """The same calls in the same order; neighbours that are alike in one statement."""
    for sql, alike in itertools.groupby(calls, key=lambda call: call[0]):
        parameters = [each for _, each in alike]
        while parameters:
            rows, parameters = _filled(parameters[:ROWS_MAX]), parameters[ROWS_MAX:]
            yield _of_rows(sql, len(rows)), tuple(itertools.chain.from_iterable(rows))


def _filled(some: Sequence[Item]) -> list[Item]:
    """
    As many as a power of two, the last one repeated: six texts to prepare, not thirty-two.

    A command that is there already costs a look-up, a second statement much more.
    """
    missing = (1 << (len(some) - 1).bit_length()) - len(some)
    return [*some, *[some[-1]] * missing]


@lru_cache(maxsize=256)
def _of_rows(sql: str, count: int) -> str:
    head, _, row = sql.partition(" VALUES ")
    return f"{head} VALUES {', '.join([row] * count)}"


def answers_of(connection: sqlite3.Connection, command_ids: Sequence[str]) -> list[Any]:
    """The answers to commands, in the order in which they are asked for."""
    found: dict[str, Any] = {}
    asked = list(command_ids)
    while asked:
        some, asked = _filled(asked[:ROWS_MAX]), asked[ROWS_MAX:]
        for row in connection.execute(_answers(len(some)), some):
            found[row[-1]] = row
    return [found[command_id] for command_id in command_ids]


@lru_cache(maxsize=8)
def _answers(count: int) -> str:
    columns = ", ".join((*ANSWER_COLUMNS, "command_id"))
    marks = ", ".join("?" * count)
    return f"SELECT {columns} FROM v_mutation_response WHERE command_id IN ({marks})"
