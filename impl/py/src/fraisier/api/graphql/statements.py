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
    """
    What expressions read from: a row of a view, or JSON without a view.

    ``json`` is the expression of that JSON, unless it is the ``value`` of an element.
    """

    alias: str
    source: str | None
    columns: dict[str, None]
    json: str | None = None

    def column(self, name: str) -> str:
        """Read a column, which the statement then has to fetch."""
        self.columns[name] = None
        return f"{self.alias}.{name}"

    @property
    def data(self) -> str:
        """The JSON that fields are read from."""
        if self.source is not None:
            return self.column("data")
        return self.json or f"{self.alias}.value"


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
            expression = self._dialect.whole(self._value(root, row))
        else:
            expression = self._object(row, (), selected)
        if shape == "list":
            expression = self._dialect.gather(expression)
        inner = self._rows(row, root.plan["order"], selected.given, [], single=shape != "list")
        return Statement(f"SELECT {self._text(expression)} {inner}", tuple(self._order))

    def _value(self, root: Root, row: Row) -> str:
        column = root.plan.get("column", {}).get(self._dialect.name)
        if column is not None:
            return row.column(column)
        return self._dialect.value(row.data, root.plan["value"])

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
            return self._list_of_rows(row, child, owner)
        path = (*prefix, *field.path)
        column = self._native(row, prefix, field, owner)
        if child.children is None:
            return self._dialect.value(row.data, path) if column is None else column
        if field.nested and self._is_row(row, prefix, owner):
            made = self._made_of_columns(row, field, child)
            if made is not None:
                return made
        if column is not None:
            row, path = Row(row.alias, None, {}, column), ()
        if not field.type.is_list:
            expression = self._object(row, path, child)
            return self._dialect.guard(row.data, path, "object", expression)
        element = self._row(None)
        gathered = self._dialect.gather(self._object(element, (), child))
        elements = self._dialect.elements(row.data, path, element.alias)
        return self._dialect.guard(row.data, path, "array", f"(SELECT {gathered} FROM {elements})")

    def _is_row(self, row: Row, prefix: tuple[str, ...], owner: str) -> bool:
        is_row = row.source is not None and self._schema.types[owner].source == row.source
        return is_row and not prefix

    def _native(self, row: Row, prefix: tuple[str, ...], field: Field, owner: str) -> str | None:
        """The value of a field that has a column of its own."""
        column = field.columns.get(self._dialect.name)
        if column is None or not self._is_row(row, prefix, owner):
            return None
        return self._read(row, column, field)

    def _read(self, row: Row, column: str, field: Field) -> str:
        is_json = field.type.is_list or field.type.name in self._schema.types
        return self._dialect.native(row.column(column), "JSON" if is_json else field.type.name)

    def _made_of_columns(self, row: Row, field: Field, selected: Selected) -> str | None:
        """An object whose selected fields have columns in the row around it."""
        pairs: list[tuple[str, str]] = []
        for child in selected.children or ():
            if child.field is None:
                pairs.append((child.key, self._dialect.typename(child.type_name)))
                continue
            column = field.nested.get(child.field.name, {}).get(self._dialect.name)
            if column is None:
                return None
            pairs.append((child.key, self._read(row, column, child.field)))
        return self._dialect.build(pairs)

    def _key(self, row: Row, owner: str, key: str) -> str:
        """What rows of a list are matched with: a column where the key has one."""
        for field in self._schema.types[owner].fields.values():
            column = field.columns.get(self._dialect.name)
            if field.path == (key,) and column is not None and self._is_row(row, (), owner):
                return row.column(column)
        return self._dialect.text(row.data, key)

    def _list_of_rows(self, parent: Row, child: Selected, owner: str) -> str:
        field = child.field
        assert field is not None and field.rows is not None
        row = self._row(field.rows.source)
        gathered = self._dialect.gather(self._object(row, (), child))
        conditions = [
            f"{column} = {self._key(parent, owner, key)}" for column, key in field.rows.match
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
        built = self._dialect.build(pairs)
        if all(child.field is None for child in selected.children or ()):
            # Without a count in it there would be a row for each that would be counted.
            built = f"CASE WHEN count(*) >= 0 THEN {built} END"
        return f"SELECT {self._text(built)} FROM {root.plan['source']}"

    def _count(self, entry: Mapping[str, Any]) -> str:
        if entry["kind"] == "average":
            return self._dialect.average(entry["column"])
        tests = " AND ".join(f"{column} = '{value}'" for column, value in entry.get("where", ()))
        counted = f"count(*) FILTER (WHERE {tests})" if tests else "count(*)"
        if entry["kind"] == "percent":
            return self._dialect.percent(counted, entry.get("decimals", 0))
        return counted
