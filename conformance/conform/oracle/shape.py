"""Whether data is what a selection promises: keys and their order, types, nullability."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
)

from conform.oracle.documents import Document

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
INT_MAX = 2**31 - 1


def _is_int(value: Any) -> bool:
    number = isinstance(value, int) and not isinstance(value, bool)
    return number and -INT_MAX - 1 <= value <= INT_MAX


def _is_float(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value)


SCALARS: Mapping[str, Callable[[Any], bool]] = {
    "Int": _is_int,
    "Float": _is_float,
    "String": lambda value: isinstance(value, str),
    "ID": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": lambda value: isinstance(value, str) and bool(TIME.fullmatch(value)),
    "JSON": lambda value: True,
}


class Shape:
    """Compares data with what one operation selects."""

    def __init__(self, document: Document, switches: Mapping[str, Any]) -> None:
        self._document = document
        self._switches = switches

    def problems(self, value: Any, kind: GraphQLObjectType, selections: list[Any]) -> Iterator[str]:
        """What is wrong with the data of an operation whose root is ``kind``."""
        if value is not None:
            yield from self._object(value, kind, selections, "data")

    def _object(
        self, value: Any, kind: GraphQLObjectType, selections: list[Any], at: str
    ) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no {kind.name}"
            return
        grouped = self._document.collect(selections, self._switches)
        given = cast("dict[str, Any]", value)
        if list(given) != list(grouped):
            yield f"{at}: the keys are {list(given)}, selected were {list(grouped)}"
            return
        for key, nodes in grouped.items():
            yield from self._field(given[key], kind, nodes, f"{at}.{key}")

    def _field(self, value: Any, kind: GraphQLObjectType, nodes: Any, at: str) -> Iterator[str]:
        name = nodes[0].name.value
        if name == "__typename":
            if value != kind.name:
                yield f"{at}: {value!r} instead of {kind.name}"
            return
        field = cast("Any", self._document.schema.get_field(kind, name))
        assert field is not None, f"{kind.name}.{name} passed validation"
        yield from self._value(value, field.type, nodes, at)

    def _value(self, value: Any, kind: Any, nodes: Any, at: str) -> Iterator[str]:
        if isinstance(kind, GraphQLNonNull):
            if value is None:
                yield f"{at}: null, though it is {kind}"
            else:
                yield from self._value(value, cast("Any", kind).of_type, nodes, at)
        elif value is None:
            return
        elif isinstance(kind, GraphQLList):
            yield from self._list(value, kind, nodes, at)
        elif isinstance(kind, GraphQLObjectType):
            yield from self._object(value, kind, [node.selection_set for node in nodes], at)
        elif not _is_leaf(value, kind):
            yield f"{at}: {value!r} is no {kind}"

    def _list(self, value: Any, kind: Any, nodes: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for index, element in enumerate(cast("list[Any]", value)):
            yield from self._value(element, kind.of_type, nodes, f"{at}.{index}")


def _is_leaf(value: Any, kind: GraphQLNamedType) -> bool:
    if isinstance(kind, GraphQLEnumType):
        return isinstance(value, str) and value in kind.values
    return SCALARS[kind.name](value)
