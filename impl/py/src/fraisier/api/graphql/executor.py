"""Execute a request: prepared operation, coerced variables, statements, response bytes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fraisier.api.graphql import introspection
from fraisier.api.graphql.completion import NullViolationError
from fraisier.api.graphql.dialects import DIALECTS
from fraisier.api.graphql.documents import Documents, Prepared
from fraisier.api.graphql.failures import RequestRefusedError, describe, describe_refusal
from fraisier.api.graphql.mutations import Gate, GraphQLDatabase, MutationField
from fraisier.api.graphql.queries import QueryField
from fraisier.api.graphql.schema import CompiledSchema
from fraisier.api.graphql.selection import Collector, RootNodes
from fraisier.api.graphql.values import location
from fraisier.config import ServerSettings
from fraisier.domain.errors import FraisierError
from fraisier.domain.identity import Identity

MAXIMUM_PLANS = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """
    The body of a response.

    ``executed`` is false for a request error: the body has ``errors`` and no ``data``;
    ``forbidden`` when that is for want of a scope. ``lasts`` is true when the answer stays
    right until the database changes.
    """

    body: bytes
    executed: bool = True
    has_errors: bool = False
    forbidden: bool = False
    lasts: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A root field that needs no database, ``__typename`` or introspection; never required."""

    key: str
    text: Callable[[Mapping[str, Any]], str]
    location: tuple[int, int]
    lasts: ClassVar[bool] = True


RootField = QueryField | MutationField | Constant


class Executor:
    """
    Executes GraphQL requests against one database.

    ``plan`` is the decoded ``CompiledSchema.json``. ``gate`` checks the signature
    of ``processWebhook`` before the database is asked; without one it is refused.
    """

    def __init__(
        self,
        plan: Mapping[str, Any],
        database: GraphQLDatabase,
        gate: Gate | None = None,
        settings: Callable[[], ServerSettings] | None = None,
    ) -> None:
        self._schema = CompiledSchema.from_plan(plan)
        self._documents = Documents(self._schema, settings)
        self._database = database
        self._dialect = DIALECTS[database.dialect]
        self._gate = gate

    @property
    def schema(self) -> CompiledSchema:
        """The schema that is served."""
        return self._schema

    @property
    def documents(self) -> Documents:
        """The operations that were asked for of late."""
        return self._documents

    def operation_kind(self, query: str, operation_name: str | None) -> str | None:
        """``query``, ``mutation`` or ``subscription``; None when the request is refused."""
        try:
            return self._documents.prepare(query, operation_name).kind
        except RequestRefusedError:
            return None

    async def execute(
        self,
        query: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        identity: Identity | None = None,
    ) -> Result:
        """
        Execute one operation; whatever goes wrong is in the result.

        Nothing of it is done when ``identity`` has not the scope of every root field.
        Without one the caller may do everything.
        """
        try:
            prepared = self._documents.prepare(query, operation_name)
            if prepared.kind == "subscription":
                raise RequestRefusedError.because(
                    "Subscriptions need a WebSocket or an event stream.",
                    "subscription-transport",
                    location(prepared.operation),
                )
            coerced = prepared.coerce(variables or {})
            fields = self._fields(prepared, coerced)
        except RequestRefusedError as refused:
            return _refusal(refused)
        if refusals := _forbidden(fields, identity):
            body = _dump({"errors": refusals})
            return Result(body, executed=False, has_errors=True, forbidden=True)
        result = await self._run(fields, coerced, identity and identity.name)
        if result.has_errors or not all(field.lasts for field in fields):
            return result
        return Result(result.body, lasts=True)

    def _fields(self, prepared: Prepared, variables: Mapping[str, Any]) -> list[RootField]:
        switches = tuple(variables.get(name) for name in prepared.switches)
        fields: list[RootField] | None = prepared.plans.get(switches)
        if fields is None:
            fields = self._plan(prepared, variables)
            if len(prepared.plans) < MAXIMUM_PLANS:
                prepared.plans[switches] = fields
        return fields

    def _plan(self, prepared: Prepared, variables: Mapping[str, Any]) -> list[RootField]:
        collector = Collector(self._schema, prepared, variables)
        return [
            self._field(prepared, collector, root)
            for root in collector.roots(prepared.operation.selection_set)
        ]

    def _field(self, prepared: Prepared, collector: Collector, nodes: RootNodes) -> RootField:
        place = location(nodes.nodes[0])
        if nodes.name == "__typename":
            name = f'"{prepared.kind.capitalize()}"'
            return Constant(nodes.key, lambda _: name, place)
        if nodes.name in introspection.FIELDS:
            graphql_schema = self._documents.graphql_schema
            field = introspection.Introspection(graphql_schema, prepared, nodes)
            return Constant(nodes.key, field.text, place)
        if prepared.kind == "mutation":
            root = self._schema.mutations[nodes.name]
            selected = collector.select(nodes.key, root.field, nodes.nodes)
            return MutationField(root, selected, self._schema)
        root = self._schema.queries[nodes.name]
        selected = collector.select(nodes.key, root.field, nodes.nodes)
        return QueryField(root, selected, self._schema, self._dialect)

    async def _run(
        self,
        fields: list[RootField],
        variables: Mapping[str, Any],
        actor: str | None,
    ) -> Result:
        errors: list[dict[str, Any]] = []
        texts: list[str] = []
        for field in fields:
            try:
                text = await self._text(field, variables, actor, errors)
            except NullViolationError:
                return _joined(None, errors)
            except Exception as error:
                errors.append(_describe_failure(error, field))
                if not isinstance(field, Constant) and field.required:
                    return _joined(None, errors)
                text = "null"
            texts.append(f'"{field.key}":{text}')
        return _joined(texts, errors)

    async def _text(
        self,
        field: RootField,
        variables: Mapping[str, Any],
        actor: str | None,
        errors: list[dict[str, Any]],
    ) -> str:
        if isinstance(field, QueryField):
            sql, parameters = field.bind(variables)
            return field.read(await self._database.fetch_json(sql, parameters), errors)
        if isinstance(field, MutationField):
            return await field.perform(self._database, variables, actor, self._gate, errors)
        return field.text(variables)


def _forbidden(fields: list[RootField], identity: Identity | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for field in fields:
        if identity is None or isinstance(field, Constant):
            continue
        try:
            identity.require(field.scope)
        except FraisierError as error:
            # No path: there is no answer that it could lead into.
            message = f"{field.key}: {error.message}"
            entry = describe(message, error.code, field.selected.location)
            entry["extensions"]["hint"] = error.hint
            found.append(entry)
    return found


def _describe_failure(error: Exception, field: RootField) -> dict[str, Any]:
    place = field.location if isinstance(field, Constant) else field.selected.location
    if isinstance(error, FraisierError):
        return describe_refusal(error, place, (field.key,))
    _log.exception("GraphQL field %s failed", field.key)
    return describe("A fault in Fraisier itself.", "internal", place, (field.key,))


def _refusal(refused: RequestRefusedError) -> Result:
    return Result(_dump({"errors": refused.errors}), executed=False, has_errors=True)


def _joined(texts: list[str] | None, errors: list[dict[str, Any]]) -> Result:
    data = "null" if texts is None else "{" + ",".join(texts) + "}"
    if not errors:
        return Result(f'{{"data":{data}}}'.encode())
    return Result(b'{"errors":' + _dump(errors) + f',"data":{data}}}'.encode(), has_errors=True)


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
