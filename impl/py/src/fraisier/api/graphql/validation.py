"""Validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLError, GraphQLSchema

    from fraisier.api.graphql.schema import CompiledSchema


def validated(
    document: DocumentNode, schema: CompiledSchema, graphql_schema: Callable[[], GraphQLSchema]
) -> list[GraphQLError]:
    """The errors of a document."""
    from graphql import validate

    return validate(graphql_schema(), document, max_errors=20)
