"""The event log as the feed reads it: forward from a number, the rows decoded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from fraisier.api.graphql.dialects import DIALECTS
from fraisier.api.subscriptions.fields import EVENTS_VIEW, Event, Filter, Topic

if TYPE_CHECKING:
    from fraisier.api.graphql.mutations import GraphQLDatabase
    from fraisier.api.graphql.schema import Argument, Root

PAGE = 500  # events of one statement


class EventLog:
    """
    Reads ``v_event`` and, beside each event, the entity that a subscription shows.

    Raises (every method):
        FraisierError: ``database-unavailable``, ``database-busy``.

    SQL: v_event
    """

    def __init__(self, database: GraphQLDatabase, roots: Iterable[Root]) -> None:
        self._database = database
        self._dialect = DIALECTS[database.dialect]
        self._kinds: dict[str, set[str]] = defaultdict(set)  # by the view of the entity
        self._arguments: dict[str, dict[str, Argument]] = {}
        for root in roots:
            topic = Topic.of(root)
            self._kinds[topic.view] |= topic.kinds
            self._arguments[topic.name] = {c: a for a in root.field.arguments for c, _ in a.columns}

    async def ends(self) -> tuple[int, int]:
        """Numbers of the oldest and the newest event; 0 when there is none."""
        oldest, newest = (
            f"coalesce((SELECT pk_event FROM {EVENTS_VIEW} ORDER BY pk_event {way} LIMIT 1), 0)"
            for way in ("ASC", "DESC")
        )
        built = self._dialect.build([("oldest", oldest), ("newest", newest)])
        found = await self._decoded(f"SELECT {self._text(built)}", [])
        return found["oldest"], found["newest"]

    async def after(self, number: int) -> list[Event]:
        """The events that follow a number: one page of all kinds."""
        return await self._events(f"e.pk_event > {self._place(1)}", [number], "ASC", PAGE)

    async def between(
        self, topic: Topic, filters: Sequence[Filter], after: int, until: int
    ) -> list[Event]:
        """One page of a topic's events that are newer than ``after`` and not than ``until``."""
        bounds = f"e.pk_event > {self._place(1)} AND e.pk_event <= {self._place(2)}"
        where, values = self._of(topic, filters, [after, until])
        return await self._events(f"{bounds} AND {where}", values, "ASC", PAGE)

    async def newest(self, topic: Topic, filters: Sequence[Filter], until: int) -> Event | None:
        """The newest of a topic's events, if there is one."""
        where, values = self._of(topic, filters, [until])
        bound = f"e.pk_event <= {self._place(1)}"
        found = await self._events(f"{bound} AND {where}", values, "DESC", 1)
        return found[0] if found else None

    def _of(
        self, topic: Topic, filters: Sequence[Filter], values: list[Any]
    ) -> tuple[str, list[Any]]:
        conditions = [f"e.event_type IN ({_listed(topic.kinds)})"]
        own = topic.view == EVENTS_VIEW
        for each in filters:
            tests: list[str] = []
            for column, value in each.pairs:
                values.append(value)
                kind = dict(self._arguments[topic.name][column].columns)[column]
                place = self._place(len(values))
                tests.append(self._dialect.matches(f"{'e' if own else 'd'}.{column}", kind, place))
            test = " OR ".join(tests)
            entity = f"EXISTS (SELECT 1 FROM {topic.view} d WHERE d.id = e.entity_id AND ({test}))"
            conditions.append(f"({test})" if own else entity)
        return " AND ".join(conditions), values

    async def _events(self, where: str, values: Sequence[Any], way: str, limit: int) -> list[Event]:
        views = [EVENTS_VIEW, *(view for view in self._kinds if view != EVENTS_VIEW)]
        columns = ", ".join(f"{self._data(view)} AS {view}" for view in views)
        built = self._dialect.build(
            [("number", "r.pk_event"), ("kind", "r.event_type")]
            + [(view, self._dialect.native(f"r.{view}", "JSON")) for view in views]
        )
        sql = (
            f"SELECT {self._text(self._dialect.gather(built))} FROM ("
            f"SELECT e.pk_event, e.event_type, {columns} FROM {EVENTS_VIEW} e"
            f" WHERE {where} ORDER BY e.pk_event {way} LIMIT {limit}) AS r"
        )
        rows = await self._decoded(sql, values)
        return [_event(row) for row in rows]

    def _data(self, view: str) -> str:
        if view == EVENTS_VIEW:
            return "e.data"
        row = f"(SELECT d.data FROM {view} d WHERE d.id = e.entity_id)"
        return f"CASE WHEN e.event_type IN ({_listed(self._kinds[view])}) THEN {row} END"

    def _place(self, position: int) -> str:
        return self._dialect.placeholder(position)

    def _text(self, expression: str) -> str:
        return expression if self._dialect.name == "sqlite" else f"({expression})::text"

    async def _decoded(self, sql: str, values: Sequence[Any]) -> Any:
        text = await self._database.fetch_json(sql, values)
        return orjson.loads(text or b"[]")


def _event(row: Mapping[str, Any]) -> Event:
    data = {key: row[key] for key in row if key not in ("number", "kind")}
    return Event(row["number"], row["kind"], data)


def _listed(kinds: Iterable[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))
