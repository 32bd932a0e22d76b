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
from typing import Any

from fraisier.db.statements import ANSWER_COLUMNS

Statement = tuple[str, tuple[Any, ...]]  # an INSERT of one row; the command id comes first
ROWS_MAX = 32  # also bounds how many prepared statements there can be


def joined(calls: Sequence[Statement]) -> Iterator[Statement]:
    """The same calls in the same order; neighbours that are alike in one statement."""
    for sql, alike in itertools.groupby(calls, key=lambda call: call[0]):
        parameters = [each for _, each in alike]
        while parameters:
            count = _largest(len(parameters))
            rows, parameters = parameters[:count], parameters[count:]
            yield _of_rows(sql, count), tuple(itertools.chain.from_iterable(rows))


def _largest(count: int) -> int:
    """The largest power of two in it: six texts to prepare instead of thirty-two."""
    return min(1 << (count.bit_length() - 1), ROWS_MAX)


@lru_cache(maxsize=256)
def _of_rows(sql: str, count: int) -> str:
    head, _, row = sql.partition(" VALUES ")
    return f"{head} VALUES {', '.join([row] * count)}"


def answers_of(connection: sqlite3.Connection, command_ids: Sequence[str]) -> list[Any]:
    """The answers to commands, in the order in which they are asked for."""
    found: dict[str, Any] = {}
    asked = list(command_ids)
    while asked:
        count = _largest(len(asked))
        some, asked = asked[:count], asked[count:]
        for row in connection.execute(_answers(count), some):
            found[row[-1]] = row
    return [found[command_id] for command_id in command_ids]


@lru_cache(maxsize=8)
def _answers(count: int) -> str:
    columns = ", ".join((*ANSWER_COLUMNS, "command_id"))
    marks = ", ".join("?" * count)
    return f"SELECT {columns} FROM v_mutation_response WHERE command_id IN ({marks})"
