"""Documents: parsed and validated once, then kept in a bounded cache."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from fraisier.api.graphql.failures import RequestRefusedError, describe
from fraisier.api.graphql.values import Variable

if TYPE_CHECKING:
    from graphql import (
        DocumentNode,
        FragmentDefinitionNode,
        GraphQLError,
        GraphQLSchema,
        OperationDefinitionNode,
        SelectionSetNode,
    )

    from fraisier.api.graphql.schema import CompiledSchema

MAXIMUM_TOKENS = 2_000
MAXIMUM_DEPTH = 15
MAXIMUM_REPEATS = 200
CACHED_DOCUMENTS = 256
CACHED_CHARACTERS = 16_384


class Prepared:
    """
    One operation of a valid document.

    ``switches`` are the variables that @skip and @include read: an operation has
    one plan for each combination of their values.
    """

    def __init__(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        schema: CompiledSchema,
    ) -> None:
        self.document = document
        self.operation = operation
        self.kind: str = operation.operation.value
        self.fragments: dict[str, FragmentDefinitionNode] = {
            node.name.value: cast("FragmentDefinitionNode", node)
            for node in cast("list[Any]", document.definitions)
            if node.kind == "fragment_definition"
        }
        self.variables = [Variable(node, schema) for node in operation.variable_definitions or ()]
        self.switches = tuple(sorted(_switches(document)))
        self.plans: dict[tuple[Any, ...], Any] = {}

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """
        The variables of the operation.

        Raises:
            RequestRefusedError: ``graphql-bad-variables``.
        """
        coerced: dict[str, Any] = {}
        for variable in self.variables:
            variable.read(given, coerced)
        return coerced


class Documents:
    """Prepared operations by document text and operation name, the latest 256 of them."""

    def __init__(self, schema: CompiledSchema) -> None:
        self._schema = schema
        self._prepared: OrderedDict[tuple[str, str | None], Prepared] = OrderedDict()
        self._graphql_schema: GraphQLSchema | None = None

    @property
    def graphql_schema(self) -> GraphQLSchema:
        """The schema as graphql-core has it, built when it is first needed."""
        if self._graphql_schema is None:
            from graphql import build_schema

            self._graphql_schema = build_schema(self._schema.sdl)
        return self._graphql_schema

    def prepare(self, text: str, operation_name: str | None) -> Prepared:
        """
        The operation to execute.

        Raises:
            RequestRefusedError: It does not parse, is not valid, goes over a limit, or
                the name does not lead to one operation.
        """
        key = (text, operation_name)
        prepared = self._prepared.get(key)
        if prepared is not None:
            self._prepared.move_to_end(key)
            return prepared
        document = self._valid_document(text)
        operation = _operation(document, operation_name)
        prepared = Prepared(document, operation, self._schema)
        if len(text) <= CACHED_CHARACTERS:
            self._keep(key, prepared)
        return prepared

    def _keep(self, key: tuple[str, str | None], prepared: Prepared) -> None:
        self._prepared[key] = prepared
        if len(self._prepared) > CACHED_DOCUMENTS:
            self._prepared.popitem(last=False)

    def _valid_document(self, text: str) -> DocumentNode:
        from graphql import GraphQLSyntaxError, parse, validate

        try:
            document = parse(text, max_tokens=MAXIMUM_TOKENS, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            raise RequestRefusedError([_formatted(error, "graphql-parse-failed")]) from error
        except RecursionError as error:
            raise _refuse("The document is nested too deeply.") from error
        _check_limits(document)
        try:
            errors = validate(self.graphql_schema, document, max_errors=20)
        except RecursionError as error:
            raise _refuse("The fragments are nested too deeply.") from error
        if errors:
            raise RequestRefusedError(
                [_formatted(error, "graphql-validation-failed") for error in errors]
            )
        return document


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    entry = describe(error.message, code)
    if error.locations:
        entry["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    return entry


def _refuse(message: str) -> RequestRefusedError:
    return RequestRefusedError.because(message, "graphql-validation-failed")


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [
        cast("OperationDefinitionNode", node)
        for node in document.definitions
        if node.kind == "operation_definition"
    ]
    if name is None:
        if len(operations) != 1:
            message = "The document has several operations: operationName must say which one."
            raise RequestRefusedError.because(message, "graphql-bad-request")
        return operations[0]
    for operation in operations:
        if operation.name is not None and operation.name.value == name:
            return operation
    raise RequestRefusedError.because(
        f'The document has no operation named "{name}".', "graphql-bad-request"
    )


def _check_limits(document: DocumentNode) -> None:
    """Bound what validation costs; a fragment counts where it is defined."""
    repeats: Counter[str] = Counter()
    for definition in document.definitions:
        selection_set: SelectionSetNode | None = getattr(definition, "selection_set", None)
        if selection_set is None:
            continue
        _count(selection_set, 1, repeats)
    for key, times in repeats.items():
        if times > MAXIMUM_REPEATS:
            raise _refuse(f'"{key}" is asked for more than {MAXIMUM_REPEATS} times.')


def _count(selection_set: SelectionSetNode, depth: int, repeats: Counter[str]) -> None:
    if depth > MAXIMUM_DEPTH:
        raise _refuse(f"Nested more than {MAXIMUM_DEPTH} levels deep.")
    for node in cast("tuple[Any, ...]", selection_set.selections):
        if node.kind == "field":
            repeats[(node.alias or node.name).value] += 1
        nested = getattr(node, "selection_set", None)
        if nested is not None:
            _count(nested, depth + 1, repeats)


def _switches(document: DocumentNode) -> set[str]:
    from graphql import Visitor, visit

    found: set[str] = set()

    class Switches(Visitor):
        """Collects the variables of @skip and @include."""

        def enter_directive(self, node: Any, *_: Any) -> None:
            for argument in node.arguments or ():
                if argument.value.kind == "variable":
                    found.add(argument.value.name.value)

    visit(document, Switches())
    return found
