"""A subscription's root field: whom an event concerns, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from fraisier.api.graphql.answers import project, value_at
from fraisier.api.graphql.completion import NullViolationError, complete
from fraisier.api.graphql.queries import argument_value

if TYPE_CHECKING:
    from fraisier.api.graphql.schema import Root
    from fraisier.api.graphql.selection import Given, Selected

EVENTS_VIEW = "v_event"


class Event(NamedTuple):
    """
    A row of the event log. ``data`` is the one of each view that a subscription of this
    kind of event shows: ``v_event`` always, and the entity as it is now.
    """

    number: int
    kind: str
    data: Mapping[str, dict[str, Any] | None]


class Filter(NamedTuple):
    """One argument of a subscription: any of the columns has the value."""

    pairs: tuple[tuple[str, str], ...]  # column, value

    def matches(self, data: Mapping[str, Any]) -> bool:
        """Whether an event passes."""
        return any(data.get(column) == value for column, value in self.pairs)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a subscription's field says of the events that it shows."""

    name: str
    kinds: frozenset[str]
    view: str  # whose columns its arguments filter by
    columns: tuple[str, ...]

    @classmethod
    def of(cls, root: Root) -> Topic:
        """Read the compiled schema."""
        view = root.plan.get("entity", EVENTS_VIEW)
        columns = [column for each in root.field.arguments for column, _ in each.columns]
        return cls(root.field.name, frozenset(root.plan["events"]), view, tuple(columns))


class SubscriptionField:
    """The one root field of a subscription, made once for each document."""

    def __init__(self, root: Root, selected: Selected) -> None:
        self.topic = Topic.of(root)
        self.selected = selected
        self.scope: str = root.plan["scope"]
        self._as_of: Mapping[str, Mapping[str, Any]] = root.plan.get("as_of", {})
        self._fields: Mapping[str, list[str]] | None = root.plan.get("fields")

    def filters(self, variables: Mapping[str, Any]) -> tuple[Filter, ...]:
        """
        What the client's arguments leave over.

        Raises:
            FraisierError: ``invalid-argument``.
        """
        values = [(each, argument_value(each, variables)) for each in self.selected.given]
        return tuple(_filter(each, value) for each, value in values if value is not None)

    def render(self, event: Event, **extensions: Any) -> bytes:
        """The execution result for one event; its ``extensions`` have the cursor."""
        errors: list[dict[str, Any]] = []
        key = self.selected.key
        try:
            completed = complete(self._projected(event), self.selected, (key,), errors)
        except NullViolationError:
            result: dict[str, Any] = {"data": None}
        else:
            result = {"data": {key: completed}}
        if errors:
            result = {"errors": errors, **result}
        result["extensions"] = {"cursor": event.number, **extensions}
        return orjson.dumps(result)

    def _projected(self, event: Event) -> Any:
        data = event.data.get(self.topic.view)
        if self._fields is not None:
            return {
                child.key: child.type_name
                if child.field is None
                else value_at(data, self._fields[child.field.name])
                for child in self.selected.children or ()
            }
        if data is None:
            return None
        was = self._as_of.get(event.kind, {})
        return project({**data, **{key: _then(data, was[key]) for key in was}}, self.selected)


def _filter(given: Given, value: Any) -> Filter:
    text = str(value)
    return Filter(
        tuple(
            (column, text.lower() if kind == "uuid" else text)
            for column, kind in given.argument.columns
        )
    )


def _then(data: Mapping[str, Any], value: Any) -> Any:
    """What a key held at the event; ``$key`` is the value of another one."""
    is_reference = isinstance(value, str) and value.startswith("$")
    return data.get(value[1:]) if is_reference else value
