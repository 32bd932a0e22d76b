"""One SQL statement for one root field, built from what is selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fraisier.api.graphql.dialects import SQLite
    from fraisier.api.graphql.schema import CompiledSchema, Field, Root
    from fraisier.api.graphql.selection import Given, Selected


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and, for each placeholder, which of the arguments it is."""

    sql: str
    order: tuple[int, ...]


@dataclass(slots=True)
class Row:
    """A row that expressions read from: a row of a view, or an element of an array."""

    alias: str
    source: str | None
    columns: dict[str, None]

    def column(self, name: str) -> str:
        """Read a column, which the statement then has to fetch."""
        self.columns[name] = None
        return f"{self.alias}.{name}"

    @property
    def data(self) -> str:
        """The JSON that fields are read from."""
        return self.column("data") if self.source is not None else f"{self.alias}.value"


class Builder:
    """
    Builds one statement; ``present`` says which arguments have a value.

    Placeholders are counted in the order of the text, so every expression is
    built before what stands to the right of it.
    """

    def __init__(
        self, schema: CompiledSchema, dialect: SQLite, slots: Mapping[int, int], present: Any
    ) -> None:
        self._schema = schema
        self._dialect = dialect
        self._slots = slots
        self._present: Sequence[bool] = present
        self._order: list[int] = []
        self._aliases = 0

    def root(self, root: Root, selected: Selected) -> Statement:
        """The statement of a query."""
        shape = root.plan["shape"]
        source: str = root.plan["source"]
        if shape == "aggregate":
            body = self._aggregate(root, selected) + self._where(selected.given, [])
            return Statement(body, tuple(self._order))
        row = self._row(source)
        if shape == "value":
            expression = self._dialect.value(row.data, root.plan["value"])
            expression = self._dialect.whole(expression)
        else:
            expression = self._object(row, (), selected)
        if shape == "list":
            expression = self._dialect.gather(expression)
        inner = self._rows(row, root.plan["order"], selected.given, [], single=shape != "list")
        return Statement(f"SELECT {self._text(expression)} {inner}", tuple(self._order))

    def _text(self, expression: str) -> str:
        return expression if self._dialect.name == "sqlite" else f"({expression})::text"

    def _row(self, source: str | None) -> Row:
        self._aliases += 1
        return Row(f"t{self._aliases}", source, {})

    def _object(self, row: Row, prefix: tuple[str, ...], selected: Selected) -> str:
        children = selected.children or ()
        owner = selected.type_name
        return self._dialect.build(
            [(child.key, self._child(row, prefix, child, owner)) for child in children]
        )

    def _child(self, row: Row, prefix: tuple[str, ...], child: Selected, owner: str) -> str:
        field = child.field
        if field is None:
            return self._dialect.typename(child.type_name)
        if field.rows is not None:
            return self._list_of_rows(row, child)
        if child.children is None:
            return self._leaf(row, prefix, field, owner)
        path = (*prefix, *field.path)
        if not field.type.is_list:
            expression = self._object(row, path, child)
            return self._dialect.guard(row.data, path, "object", expression)
        element = self._row(None)
        gathered = self._dialect.gather(self._object(element, (), child))
        elements = self._dialect.elements(row.data, path, element.alias)
        return self._dialect.guard(row.data, path, "array", f"(SELECT {gathered} FROM {elements})")

    def _leaf(self, row: Row, prefix: tuple[str, ...], field: Field, owner: str) -> str:
        column = field.columns.get(self._dialect.name)
        is_row = row.source is not None and self._schema.types[owner].source == row.source
        if column is not None and not prefix and is_row:
            return row.column(column)
        return self._dialect.value(row.data, (*prefix, *field.path))

    def _list_of_rows(self, parent: Row, child: Selected) -> str:
        field = child.field
        assert field is not None and field.rows is not None
        row = self._row(field.rows.source)
        gathered = self._dialect.gather(self._object(row, (), child))
        conditions = [
            f"{column} = {self._dialect.text(parent.data, key)}" for column, key in field.rows.match
        ]
        return f"(SELECT {gathered} {self._rows(row, field.rows.order, child.given, conditions)})"

    def _rows(
        self,
        row: Row,
        order: Sequence[Sequence[str]],
        given: Sequence[Given],
        conditions: list[str],
        *,
        single: bool = False,
    ) -> str:
        columns = ", ".join(row.columns) or "1"
        where = self._where(given, conditions)
        by = ", ".join(f"{column} {direction}" for column, direction in order)
        ordered = f" ORDER BY {by}" if by else ""
        limit = " LIMIT 1" if single else self._limit(given)
        return f"FROM (SELECT {columns} FROM {row.source}{where}{ordered}{limit}) AS {row.alias}"

    def _where(self, given: Sequence[Given], conditions: list[str]) -> str:
        for entry in given:
            if entry.argument.operator == "limit" or not self._present[self._slots[id(entry)]]:
                continue
            conditions.append(self._condition(entry))
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _condition(self, entry: Given) -> str:
        argument = entry.argument
        if argument.operator == "within_days":
            column = argument.columns[0][0]
            return self._dialect.within_days(column, self._parameter(entry))
        tests = [
            self._dialect.matches(column, kind, self._parameter(entry))
            for column, kind in argument.columns
        ]
        return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"

    def _limit(self, given: Sequence[Given]) -> str:
        for entry in given:
            if entry.argument.operator == "limit" and self._present[self._slots[id(entry)]]:
                return f" LIMIT {self._parameter(entry)}"
        return ""

    def _parameter(self, entry: Given) -> str:
        self._order.append(self._slots[id(entry)])
        return self._dialect.placeholder(len(self._order))

    def _aggregate(self, root: Root, selected: Selected) -> str:
        plan: Mapping[str, Any] = root.plan["aggregate"]
        pairs = [
            (
                child.key,
                self._dialect.typename(child.type_name)
                if child.field is None
                else self._count(plan[child.field.name]),
            )
            for child in selected.children or ()
        ]
        return f"SELECT {self._text(self._dialect.build(pairs))} FROM {root.plan['source']}"

    def _count(self, entry: Mapping[str, Any]) -> str:
        if entry["kind"] == "average":
            return self._dialect.average(entry["column"])
        tests = " AND ".join(f"{column} = '{value}'" for column, value in entry.get("where", ()))
        counted = f"count(*) FILTER (WHERE {tests})" if tests else "count(*)"
        if entry["kind"] == "percent":
            return self._dialect.percent(counted, entry.get("decimals", 0))
        return counted
