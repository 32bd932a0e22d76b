"""What a client selects: fragments spread, fields merged, directives applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fraisier.api.graphql.failures import RequestRefusedError
from fraisier.api.graphql.values import literal, location

if TYPE_CHECKING:
    from graphql import SelectionSetNode

    from fraisier.api.graphql.documents import Prepared
    from fraisier.api.graphql.schema import Argument, CompiledSchema, Field

MAXIMUM_ROOT_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Given:
    """
    The value of an argument: a constant, the name of a variable, or a literal with
    variables in it, as JSON may have them.
    """

    argument: Argument
    constant: Any = None
    variable: str | None = None
    node: Any = None

    def read(self, variables: Mapping[str, Any]) -> Any:
        """The value for one request; null and absence count as the default."""
        if self.node is not None:
            value = literal(self.node, variables)
        else:
            value = self.constant if self.variable is None else variables.get(self.variable)
        return self.argument.default if value is None else value


@dataclass(frozen=True, slots=True)
class Selected:
    """
    One key of the response.

    ``field`` is None for ``__typename``, whose value is ``type_name``; otherwise
    ``type_name`` is the type of the field and ``children`` is None for a leaf.
    """

    key: str
    type_name: str
    location: tuple[int, int]
    field: Field | None = None
    given: tuple[Given, ...] = ()
    children: tuple[Selected, ...] | None = None


@dataclass(frozen=True, slots=True)
class RootNodes:
    """The nodes of one response key of the root, still without their selection."""

    key: str
    name: str
    nodes: tuple[Any, ...]


class Collector:
    """Collects the selection of one operation for one set of switches."""

    def __init__(
        self, schema: CompiledSchema, prepared: Prepared, switches: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = prepared.fragments
        self._switches = switches

    def roots(self, selection_set: SelectionSetNode) -> list[RootNodes]:
        """
        The root fields in the order of the response.

        Raises:
            RequestRefusedError: There are more than 100.
        """
        groups = self._group([selection_set])
        if len(groups) > MAXIMUM_ROOT_FIELDS:
            raise RequestRefusedError.because(
                f"More than {MAXIMUM_ROOT_FIELDS} fields at the root.", "graphql-too-complex"
            )
        return [RootNodes(key, nodes[0].name.value, tuple(nodes)) for key, nodes in groups.items()]

    def select(self, key: str, field: Field, nodes: tuple[Any, ...] | list[Any]) -> Selected:
        """The field with everything that is selected below it."""
        return Selected(
            key=key,
            type_name=field.type.name,
            location=location(nodes[0]),
            field=field,
            given=_given(field, nodes[0]),
            children=self._children(field.type.name, nodes),
        )

    def _children(self, type_name: str, nodes: Any) -> tuple[Selected, ...] | None:
        target = self._schema.types.get(type_name)
        if target is None:
            return None
        groups = self._group([node.selection_set for node in nodes])
        return tuple(
            Selected(key, type_name, location(below[0]))
            if below[0].name.value == "__typename"
            else self.select(key, target.fields[below[0].name.value], below)
            for key, below in groups.items()
        )

    def _group(self, selection_sets: list[SelectionSetNode]) -> dict[str, list[Any]]:
        groups: dict[str, list[Any]] = {}
        visited: set[str] = set()
        for selection_set in selection_sets:
            self._collect(selection_set, groups, visited)
        return groups

    def _collect(
        self, selection_set: SelectionSetNode, groups: dict[str, list[Any]], visited: set[str]
    ) -> None:
        for node in selection_set.selections:
            plain: Any = node
            if not self._included(plain):
                continue
            if plain.kind == "field":
                groups.setdefault((plain.alias or plain.name).value, []).append(plain)
            elif plain.kind == "inline_fragment":
                self._collect(plain.selection_set, groups, visited)
            elif plain.name.value not in visited:
                visited.add(plain.name.value)
                self._collect(self._fragments[plain.name.value].selection_set, groups, visited)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                value = directive.arguments[0].value
                is_set = (
                    self._switches.get(value.name.value)
                    if value.kind == "variable"
                    else value.value
                )
                if bool(is_set) == (name == "skip"):
                    return False
        return True


def _given(field: Field, node: Any) -> tuple[Given, ...]:
    nodes = {entry.name.value: entry.value for entry in node.arguments or ()}
    return tuple(_read_argument(argument, nodes.get(argument.name)) for argument in field.arguments)


def _read_argument(argument: Argument, node: Any) -> Given:
    if node is None:
        return Given(argument)
    if node.kind == "variable":
        return Given(argument, variable=node.name.value)
    if node.kind in ("list_value", "object_value"):
        return Given(argument, node=node)
    value = literal(node)
    if argument.type.name == "ID" and value is not None:
        value = str(value)
    return Given(argument, constant=value)
