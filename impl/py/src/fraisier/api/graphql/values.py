"""Coercing variables and literals as the GraphQL specification says."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from fraisier.api.graphql.failures import RequestRefusedError

if TYPE_CHECKING:
    from graphql import TypeNode, ValueNode, VariableDefinitionNode

    from fraisier.api.graphql.schema import CompiledSchema

MAXIMUM_INT = 2**31 - 1


class UnfitError(ValueError):
    """A value that its type does not take."""


Coerce = Callable[[Any], Any]


def _int(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnfitError("is no Int")
    if not -MAXIMUM_INT - 1 <= value <= MAXIMUM_INT:
        raise UnfitError("does not fit into 32 bits")
    return value


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError("is no Float")
    try:
        number = float(value)
    except OverflowError as error:
        raise UnfitError("is too large for a Float") from error
    if not math.isfinite(number):
        raise UnfitError("is no finite Float")
    return number


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitError("is no String")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnfitError("is no Boolean")
    return value


def _id(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # to JSON 4.0 and 4 are the same number
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnfitError("is no ID")
    return str(value)


def _date_time(value: Any) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise UnfitError("is no DateTime")
    return value


_TIME = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
    r"(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
_SCALARS: dict[str, Coerce] = {
    "Int": _int,
    "Float": _float,
    "String": _string,
    "Boolean": _boolean,
    "ID": _id,
    "DateTime": _date_time,
}


class Variable:
    """One declared variable, ready to coerce what a client gives for it."""

    def __init__(self, node: VariableDefinitionNode, schema: CompiledSchema) -> None:
        self.name = node.variable.name.value
        self.required = node.type.kind == "non_null_type"
        self.has_default = node.default_value is not None
        self.location = location(node)
        self._coerce = _coercer(node.type, schema)
        default = node.default_value
        self.default = None if default is None else self._coerce(literal(default))

    def read(self, given: Mapping[str, Any], into: dict[str, Any]) -> None:
        """
        Put the coerced value ``into`` the variables, or nothing when it is absent.

        Raises:
            RequestRefusedError: ``graphql-bad-variables``.
        """
        if self.name not in given:
            if self.has_default:
                into[self.name] = self.default
            elif self.required:
                raise self._refuse("is required and was not given")
            return
        try:
            into[self.name] = self._coerce(given[self.name])
        except UnfitError as error:
            raise self._refuse(str(error)) from error

    def _refuse(self, problem: str) -> RequestRefusedError:
        message = f'Variable "${self.name}" {problem}.'
        return RequestRefusedError.because(message, "graphql-bad-variables", self.location)


def _coercer(node: TypeNode, schema: CompiledSchema) -> Coerce:
    kind: str = node.kind
    if kind == "non_null_type":
        return _required(_coercer(cast(Any, node).type, schema))
    if kind == "list_type":
        return _nullable(_list(_coercer(cast(Any, node).type, schema)))
    name: str = cast(Any, node).name.value
    values = schema.enums.get(name)
    if values is not None:
        return _nullable(_enum(name, values))
    return _nullable(_SCALARS.get(name, lambda value: value))


def _required(inner: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        if value is None:
            raise UnfitError("must not be null")
        return inner(value)

    return coerce


def _nullable(inner: Coerce) -> Coerce:
    return lambda value: None if value is None else inner(value)


def _list(inner: Coerce) -> Coerce:
    def coerce(value: Any) -> list[Any]:
        if not isinstance(value, list):
            return [inner(value)]
        return [inner(element) for element in cast("list[Any]", value)]

    return coerce


def _enum(name: str, values: frozenset[str]) -> Coerce:
    def coerce(value: Any) -> str:
        if not isinstance(value, str) or value not in values:
            raise UnfitError(f"is no {name}")
        return value

    return coerce


def literal(node: ValueNode, variables: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """The value of a literal that validation has accepted; an absent variable is null."""
    plain = cast(Any, node)
    match node.kind:
        case "int_value":
            return int(plain.value)
        case "float_value":
            return float(plain.value)
        case "null_value":
            return None
        case "list_value":
            return [literal(value, variables) for value in plain.values]
        case "object_value":
            return {entry.name.value: literal(entry.value, variables) for entry in plain.fields}
        case "variable":
            return variables.get(plain.name.value)
        case _:
            return plain.value


def location(node: Any) -> tuple[int, int]:
    """Line and column where a node begins."""
    token = node.loc.start_token
    return token.line, token.column
