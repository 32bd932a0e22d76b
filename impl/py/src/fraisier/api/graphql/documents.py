"""Documents: parsed and validated once, then kept in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from fraisier.api.graphql import introspection
from fraisier.api.graphql.failures import RequestRefusedError, describe
from fraisier.api.graphql.limits import check_cost, check_size, cost_of
from fraisier.api.graphql.persisted import not_trusted
from fraisier.api.graphql.validation import validated
from fraisier.api.graphql.values import Variable, location
from fraisier.config import GraphqlSettings, ServerSettings

if TYPE_CHECKING:
    from graphql import (
        DocumentNode,
        FragmentDefinitionNode,
        GraphQLError,
        GraphQLSchema,
        GraphQLSyntaxError,
        OperationDefinitionNode,
    )

    from fraisier.api.graphql.schema import CompiledSchema

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
        limits: GraphqlSettings,
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
        self._limits = limits
        self._cost = cost_of(operation, self.fragments, schema)
        self.plans: dict[tuple[Any, ...], Any] = {}

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """
        The variables of the operation.

        Raises:
            RequestRefusedError: ``graphql-bad-variables``, or ``graphql-too-complex``: with
                them it asks for too much.
        """
        coerced: dict[str, Any] = {}
        for variable in self.variables:
            variable.read(given, coerced)
        check_cost(self._cost, coerced, self._limits)
        return coerced


class Documents:
    """
    Prepared operations by document text and operation name, the latest 256 of them.

    What was refused is kept like them: asking it again costs nothing. ``settings`` are
    those of the moment; when they change, everything is looked at anew.
    """

    def __init__(
        self, schema: CompiledSchema, settings: Callable[[], ServerSettings] | None = None
    ) -> None:
        usual = ServerSettings()
        self._schema = schema
        self._settings = settings or (lambda: usual)
        self._kept_by: ServerSettings | None = None
        self._trusted: frozenset[str] | None = None
        self._kept: OrderedDict[tuple[str, str | None], Prepared | RequestRefusedError]
        self._kept = OrderedDict()
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
        settings = self._settings()
        if settings is not self._kept_by:
            self._kept.clear()
            self._kept_by = settings
            documents = settings.graphql.documents
            self._trusted = None if documents is None else frozenset(documents.values())
        key = (text, operation_name)
        found = self._kept.get(key)
        if found is None:
            found = self._look_at(text, operation_name, settings)
            if len(text) <= CACHED_CHARACTERS:
                self._keep(key, found)
        else:
            self._kept.move_to_end(key)
        if isinstance(found, Prepared):
            return found
        raise RequestRefusedError(found.errors)

    def _look_at(
        self, text: str, operation_name: str | None, settings: ServerSettings
    ) -> Prepared | RequestRefusedError:
        try:
            if self._trusted is not None and text not in self._trusted:
                raise not_trusted()
            document = self._valid_document(text, settings)
            operation = _operation(document, operation_name)
            return Prepared(document, operation, self._schema, settings.graphql)
        except RequestRefusedError as refused:
            return refused.with_traceback(None)
        except RecursionError:
            return _too_deep()

    def _keep(self, key: tuple[str, str | None], found: Prepared | RequestRefusedError) -> None:
        self._kept[key] = found
        if len(self._kept) > CACHED_DOCUMENTS:
            self._kept.popitem(last=False)

    def _valid_document(self, text: str, settings: ServerSettings) -> DocumentNode:
        document = _parsed(text, settings.graphql.tokens)
        check_size(document, settings.graphql)
        if not settings.introspection:
            _refuse_introspection(document)
        errors = validated(document, self._schema, lambda: self.graphql_schema)
        if errors:
            raise RequestRefusedError(
                [_formatted(error, "graphql-validation-failed") for error in errors]
            )
        return document


def _parsed(text: str, tokens: int) -> DocumentNode:
    from graphql import GraphQLSyntaxError, parse

    try:
        return parse(text, max_tokens=tokens, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        raise RequestRefusedError([_formatted(error, _code_of(error))]) from error


def _code_of(error: GraphQLSyntaxError) -> str:
    # graphql-core has no types of its own for these.
    if error.message.startswith("Syntax Error: Document contains more than"):
        return "graphql-too-long"
    if error.message.startswith("Syntax Error: Document is nested too deeply"):
        return "graphql-too-deep"
    return "graphql-parse-failed"


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    entry = describe(error.message, code)
    if error.locations:
        entry["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    return entry


def _too_deep() -> RequestRefusedError:
    return RequestRefusedError.because("The document is nested too deeply.", "graphql-too-deep")


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


def _switches(document: DocumentNode) -> set[str]:
    """The variables of @skip and @include."""
    return {
        argument.value.name.value
        for node in _selections(document)
        for directive in node.directives or ()
        for argument in directive.arguments or ()
        if argument.value.kind == "variable"
    }


def _refuse_introspection(document: DocumentNode) -> None:
    for node in _selections(document):
        if node.kind == "field" and node.name.value in introspection.FIELDS:
            message = "This server does not show its schema."
            code = "graphql-introspection-off"
            raise RequestRefusedError.because(message, code, location(node))


def _selections(document: DocumentNode) -> Iterator[Any]:
    """Every field, inline fragment and spread that is written in a document."""
    pending = [getattr(node, "selection_set", None) for node in document.definitions]
    while pending:
        selection_set: Any = pending.pop()
        if selection_set is not None:
            for node in selection_set.selections:
                yield node
                pending.append(getattr(node, "selection_set", None))
