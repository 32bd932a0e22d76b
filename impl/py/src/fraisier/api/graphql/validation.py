"""Validation: the compiled schema accepts what is plain, the full rules decide the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from fraisier.api.graphql.merging import Merging
from fraisier.api.graphql.plain import is_valid

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLError, GraphQLSchema

    from fraisier.api.graphql.schema import CompiledSchema

ERRORS_MAX = 20


def validated(
    document: DocumentNode, schema: CompiledSchema, graphql_schema: Callable[[], GraphQLSchema]
) -> list[GraphQLError]:
    """
    What is wrong with a document, up to twenty errors; nothing when it is valid.

    Raises:
        RecursionError: It is too intricate to be judged.
    """
    if is_valid(document, schema):
        return []
    from graphql import validate

    errors = validate(graphql_schema(), document, _rules(), max_errors=ERRORS_MAX)
    return errors or _conflicts(document)


def _rules() -> list[Any]:
    """All but the one that compares every field with every other; see ``merging``."""
    from graphql import OverlappingFieldsCanBeMergedRule, specified_rules

    return [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]


def _conflicts(document: DocumentNode) -> list[GraphQLError]:
    from graphql import GraphQLError

    nodes = cast("tuple[Any, ...]", document.definitions)
    fragments = {node.name.value: node for node in nodes if node.kind == "fragment_definition"}
    merging = Merging(fragments)
    for node in nodes:
        found = merging.conflict(node.selection_set)
        if found is not None:
            key = (found[0].alias or found[0].name).value
            message = f'Fields "{key}" conflict: they ask for different things.'
            return [GraphQLError(message, list(found))]
    return []
