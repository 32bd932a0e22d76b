"""A query's root field: bind its arguments, and read what the statement returns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fraisier.api.graphql.completion import NullViolationError, Suspicion, complete
from fraisier.api.graphql.statements import Builder, Statement
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.api.graphql.dialects import SQLite
    from fraisier.api.graphql.schema import Argument, CompiledSchema, Root
    from fraisier.api.graphql.selection import Given, Selected


class QueryField:
    """
    One root field of a query, with its statements.

    There is a statement for each combination of arguments that have a value; the
    dialect builds them when they are first needed.
    """

    def __init__(
        self, root: Root, selected: Selected, schema: CompiledSchema, dialect: SQLite
    ) -> None:
        self.key = selected.key
        self.selected = selected
        self.required = root.field.type.required
        self.scope: str = root.plan["scope"]
        self._root = root
        self._schema = schema
        self._dialect = dialect
        self._given = list(_all_given(selected))
        self._statements: dict[tuple[bool, ...], Statement] = {}
        self._suspicion = Suspicion(selected)
        self._missing: str | None = root.plan.get("missing")
        self.lasts: bool = not root.plan["clock"]

    def bind(self, variables: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """
        SQL and parameters for one request.

        Raises:
            FraisierError: ``invalid-argument``.
        """
        values = [argument_value(entry, variables) for entry in self._given]
        present = tuple(value is not None for value in values)
        statement = self._statements.get(present)
        if statement is None:
            slots = {id(entry): index for index, entry in enumerate(self._given)}
            builder = Builder(self._schema, self._dialect, slots, present)
            statement = self._statements[present] = builder.root(self._root, self.selected)
        return statement.sql, [values[index] for index in statement.order]

    def read(self, text: str | bytes | None, errors: list[dict[str, Any]]) -> str:
        """
        The JSON text of the field.

        Raises:
            FraisierError: There is no row where the schema says what that means.
            NullViolationError: The field may not be null and is.
        """
        if isinstance(text, bytes):
            text = text.decode()
        if text is None and self._missing is not None:
            raise FraisierError(self._absence(), code=self._missing)
        if text is None or text == "null":
            return _dump(complete(None, self.selected, (self.key,), errors))
        if self._suspicion.finds(text):
            return _dump(complete(json.loads(text), self.selected, (self.key,), errors))
        return text

    def _absence(self) -> str:
        names = " and ".join(entry.argument.name for entry in self._given)
        return f"There is nothing with this {names}."


def _all_given(selected: Selected) -> Iterator[Given]:
    yield from selected.given
    for child in selected.children or ():
        yield from _all_given(child)


def argument_value(entry: Given, variables: Mapping[str, Any]) -> Any:
    """
    The value of an argument as SQL takes it; enums in lower case.

    Raises:
        FraisierError: ``invalid-argument``: out of bounds, or text with a NUL.
    """
    argument = entry.argument
    value = entry.read(variables)
    if value is None:
        if argument.type.required:
            raise FraisierError(f"{argument.name} must not be null.", code="invalid-argument")
        return None
    if isinstance(value, str) and "\0" in value:
        raise FraisierError(f"{argument.name} holds a NUL character.", code="invalid-argument")
    _check_bounds(argument, value)
    return value


def _check_bounds(argument: Argument, value: Any) -> None:
    low, high = argument.minimum, argument.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        message = f"{argument.name} is {value}; allowed are {low} to {high}."
        raise FraisierError(message, code="invalid-argument")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


__all__ = ["NullViolationError", "QueryField", "argument_value"]
