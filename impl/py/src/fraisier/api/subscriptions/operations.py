"""One GraphQL operation of a transport that can send several results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from fraisier.api.graphql.failures import RequestRefusedError, describe_refusal
from fraisier.api.graphql.selection import Collector
from fraisier.api.subscriptions.feed import Feed, Start
from fraisier.api.subscriptions.fields import SubscriptionField
from fraisier.api.subscriptions.topics import Outlet, Subscription
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.api.graphql.documents import Prepared
    from fraisier.api.graphql.executor import Executor
    from fraisier.api.graphql_http import GraphQLRequest
    from fraisier.domain.identity import Identity

CURSOR_DIGITS_MAX = 18


class Answering(Outlet, Protocol):
    """An outlet that takes everything that an operation may come to."""

    def refuse(self, errors: list[dict[str, Any]]) -> None:
        """It is not executed; nothing follows."""
        ...

    def answer(self, result: bytes) -> None:
        """The only result; nothing follows."""
        ...


class Wish(NamedTuple):
    """What a client asks, who it is, and the number that its transport says it has seen."""

    request: GraphQLRequest
    identity: Identity
    last_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Operations:
    """Carries out what the transports of subscriptions are asked."""

    executor: Executor
    feed: Feed
    document: Callable[[GraphQLRequest], str]  # raises RequestRefusedError: it may not be asked

    def kind(self, request: GraphQLRequest) -> str | None:
        """``query``, ``mutation`` or ``subscription``; None when it will be refused."""
        try:
            text = self.document(request)
        except RequestRefusedError:
            return None
        return self.executor.operation_kind(text, request.operation_name)

    async def run(self, wish: Wish, outlet: Answering) -> Subscription | None:
        """
        Execute a query or mutation and pass its result on; begin a subscription.

        Returns the subscription: the caller ends it with ``feed.leave``. Nothing is raised
        for what a client may do wrong: the outlet is told.
        """
        request = wish.request
        try:
            text = self.document(request)
        except RequestRefusedError as refused:
            outlet.refuse(refused.errors)
            return None
        if self.executor.operation_kind(text, request.operation_name) != "subscription":
            result = await self.executor.execute(
                text, request.operation_name, request.variables, identity=wish.identity
            )
            if result.executed:
                outlet.answer(result.body)
            else:
                outlet.refuse(_errors_in(result.body))
            return None
        return await self._subscribe(text, wish, outlet)

    async def _subscribe(self, text: str, wish: Wish, outlet: Answering) -> Subscription | None:
        request = wish.request
        try:
            prepared = self.executor.documents.prepare(text, request.operation_name)
            variables = prepared.coerce(request.variables)
            field = self._field(prepared, variables)
        except RequestRefusedError as refused:
            outlet.refuse(refused.errors)
            return None
        subscription: Subscription | None = None
        try:
            wish.identity.require(field.scope)
            start = start_of(request.extensions, wish.last_seen)
            subscription = Subscription(field, field.filters(variables), outlet)
            await self.feed.serve(subscription, start)
        except FraisierError as error:
            selected = field.selected
            outlet.refuse([describe_refusal(error, selected.location, (selected.key,))])
            return None
        except BaseException:
            if subscription is not None:
                self.feed.leave(subscription)
            raise
        return subscription

    def _field(self, prepared: Prepared, variables: Mapping[str, Any]) -> SubscriptionField:
        switches = tuple(variables.get(name) for name in prepared.switches)
        field: SubscriptionField | None = prepared.plans.get(switches)
        if field is None:
            field = prepared.plans[switches] = self._plan(prepared, variables)
        return field

    def _plan(self, prepared: Prepared, variables: Mapping[str, Any]) -> SubscriptionField:
        schema = self.executor.schema
        collector = Collector(schema, prepared, variables)
        roots = collector.roots(prepared.operation.selection_set)
        if len(roots) != 1 or roots[0].name not in schema.subscriptions:
            message = "A subscription has one field at its root."
            raise RequestRefusedError.because(message, "graphql-validation-failed")
        root = schema.subscriptions[roots[0].name]
        return SubscriptionField(root, collector.select(roots[0].key, root.field, roots[0].nodes))


def start_of(extensions: Mapping[str, Any], last_seen: str | None) -> Start:
    """
    Where a subscription begins. What the transport says wins: it says so on a reconnect.

    Raises:
        FraisierError: ``invalid-argument``.
    """
    initial = extensions.get("initial", False)
    if not isinstance(initial, bool):
        raise FraisierError('"initial" is true or false', code="invalid-argument")
    given = last_seen or extensions.get("after")
    if given is None:
        return Start(None, initial)
    text = str(given)
    is_number = not isinstance(given, bool) and text.isascii() and text.isdigit()
    if not is_number or len(text) > CURSOR_DIGITS_MAX:
        raise FraisierError('"after" is the cursor of an earlier event', code="unknown-cursor")
    return Start(int(text), initial)


def _errors_in(body: bytes) -> list[dict[str, Any]]:
    import orjson

    return cast("list[dict[str, Any]]", orjson.loads(body)["errors"])
