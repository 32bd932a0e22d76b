"""Introspection is graphql-core's own, over the introspective root fields alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from fraisier.api.graphql.documents import Prepared
    from fraisier.api.graphql.selection import RootNodes

FIELDS = ("__schema", "__type")


class Introspection:
    """One ``__schema`` or ``__type`` of an operation; kept when no variable is read."""

    def __init__(self, schema: GraphQLSchema, prepared: Prepared, root: RootNodes) -> None:
        self.key = root.key
        self._schema = schema
        self._prepared = prepared
        self._nodes = root.nodes
        self._kept: str | None = None

    def text(self, variables: Mapping[str, Any]) -> str:
        """The JSON text of the field."""
        if self._kept is not None:
            return self._kept
        text = self._execute(variables)
        if not self._prepared.variables:
            self._kept = text
        return text

    def _execute(self, variables: Mapping[str, Any]) -> str:
        from graphql import (
            DocumentNode,
            OperationDefinitionNode,
            OperationType,
            SelectionSetNode,
        )
        from graphql import execute_sync as execute  # pyright: ignore[reportUnknownVariableType]

        operation = OperationDefinitionNode(
            operation=OperationType.QUERY,
            variable_definitions=self._prepared.operation.variable_definitions,
            selection_set=SelectionSetNode(selections=self._nodes),
        )
        document = DocumentNode(definitions=(operation, *self._prepared.fragments.values()))
        result = execute(self._schema, document, variable_values=dict(variables))
        value = (result.data or {}).get(self.key)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
