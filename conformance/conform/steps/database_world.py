"""The world of a database scenario: one scratch database and the names of what is in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from conform.databases import Scratch
from conform.steps.database_rows import Change, Rows
from conform.steps.database_values import matches, read


class DatabaseWorld:
    """
    Calls functions and remembers what scenarios speak about: the last answer, what
    the tables were before the call, names of deployments, fencing tokens of workers.
    """

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.names: dict[str, str] = {}
        self.tokens: dict[tuple[str, str], int] = {}
        self.remembered: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.last_call: tuple[str, dict[str, Any]] = ("", {})
        self.error: Exception | None = None
        self._before: Rows | None = None
        self._after: Rows | None = None

    def call(self, function: str, /, **arguments: Any) -> dict[str, Any]:
        """Call ``fn_*`` with a command id of its own unless one is given; keep the answer."""
        self._before = Rows.of(self.scratch)
        return self._call(function, arguments)

    def must(self, function: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a function in a set-up, where a refusal means that the scenario is wrong."""
        self._before = None  # nobody asks what a set-up changed
        answer = self._call(function, arguments)
        assert answer["succeeded"], f"{function} refused the set-up: {answer}"
        return answer

    def _call(self, function: str, arguments: dict[str, Any]) -> dict[str, Any]:
        arguments.setdefault("command_id", str(uuid.uuid4()))
        self._after = None
        self.last_call = (function, arguments)
        self.answer = self.scratch.call(function, **arguments)
        return self.answer

    def attempt(self, function: str, arguments: dict[str, Any]) -> None:
        """Call a function as it must not be called; keep the error of the driver."""
        self._before, self._after = Rows.of(self.scratch), None
        try:
            self.answer = self.scratch.connection.call(
                function, arguments["command_id"], without_command(arguments)
            )
        except Exception as error:
            self.error = error

    @property
    def rows(self) -> Rows:
        """The tables after the last call."""
        if self._after is None:
            self._after = Rows.of(self.scratch)
        return self._after

    @property
    def before(self) -> Rows:
        """The tables before the last call, unless that was part of a set-up."""
        assert self._before is not None, "the last call was part of a set-up"
        return self._before

    def changes(self) -> list[Change]:
        """What the last call has written, commands aside."""
        return self.rows.changes_since(self.before, self.names)

    def set_up(self, sql: str) -> None:
        """Write tables by hand, to prepare what no function can (the past)."""
        self.scratch.execute(sql)
        self._after = None

    def identity(self, name: str) -> str:
        """The id that ``name`` stands for; a name nobody gave stands for itself."""
        return self.names.get(name, name)

    def read(self, text: str) -> Any:
        """The value of a cell, with names resolved."""
        return read(text, self.identity)

    def matches(self, expected: str, actual: Any) -> bool:
        """Whether ``actual`` is what the cell says."""
        return matches(expected, actual, self.identity)

    def token(self, worker: str, deployment: str) -> int:
        """The newest fencing token that ``worker`` was given for a deployment."""
        return self.tokens.get((worker, self.identity(deployment)), 0)


def without_command(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments beside the command id."""
    return {name: value for name, value in arguments.items() if name != "command_id"}


@pytest.fixture
def db(scratch: Scratch) -> Iterator[DatabaseWorld]:
    """A world over a new, empty scratch database."""
    yield DatabaseWorld(scratch)
