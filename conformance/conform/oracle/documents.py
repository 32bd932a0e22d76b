"""What a document selects: valid or not, which operation, and its fields in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values


class UnfitError(Exception):
    """Why nothing may be executed: ``parse``, ``validation``, ``operation`` or ``variables``."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is valid for a schema."""

    schema: GraphQLSchema
    operations: tuple[OperationDefinitionNode, ...]
    fragments: Mapping[str, Any]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The one to execute. Raises UnfitError when the name does not lead to one."""
        found = [o for o in self.operations if name is None or (o.name and o.name.value == name)]
        if len(found) != 1:
            raise UnfitError("operation")
        return found[0]

    def variables(
        self, operation: OperationDefinitionNode, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Coerced. Raises UnfitError when one does not fit."""
        defined = operation.variable_definitions or ()
        found: Any = get_variable_values(self.schema, defined, dict(given))
        if isinstance(found, list):
            raise UnfitError("variables")
        return cast("dict[str, Any]", found.coerced)

    def collect(self, sets: list[Any], switches: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Response keys in the order of the response, each with its field nodes."""
        grouped: dict[str, list[Any]] = {}
        seen: set[str] = set()
        for each in sets:
            for node in self._fields(each, switches, seen):
                grouped.setdefault((node.alias or node.name).value, []).append(node)
        return grouped

    def _fields(self, node: Any, switches: Mapping[str, Any], seen: set[str]) -> Iterator[Any]:
        for each in node.selections:
            if not _is_included(each, switches):
                continue
            if each.kind == "field":
                yield each
            elif each.kind == "inline_fragment":
                yield from self._fields(each.selection_set, switches, seen)
            elif each.name.value not in seen:
                seen.add(each.name.value)
                yield from self._fields(
                    self.fragments[each.name.value].selection_set, switches, seen
                )


def read(schema: GraphQLSchema, text: str) -> Document:
    """The document. Raises UnfitError when it is none, or does not fit the schema."""
    try:
        document = parse(text, allow_empty_selection_sets=False)
    except (GraphQLSyntaxError, RecursionError) as error:
        raise UnfitError("parse") from error
    try:
        errors = validate(schema, document, max_errors=1)
    except RecursionError as error:
        raise UnfitError("validation") from error
    if errors:
        raise UnfitError("validation")
    return _document(schema, document)


def _document(schema: GraphQLSchema, document: DocumentNode) -> Document:
    nodes = cast("tuple[Any, ...]", document.definitions)
    operations = tuple(node for node in nodes if node.kind == "operation_definition")
    fragments = {node.name.value: node for node in nodes if node.kind == "fragment_definition"}
    return Document(schema, operations, fragments)


def _is_included(node: Any, switches: Mapping[str, Any]) -> bool:
    for directive in node.directives or ():
        if directive.name.value not in ("skip", "include"):
            continue
        value = directive.arguments[0].value
        is_set = switches.get(value.name.value) if value.kind == "variable" else value.value
        if bool(is_set) == (directive.name.value == "skip"):
            return False
    return True
