"""Everything that the plan binds must exist in a scratch database and have the right kind."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, cast

from schema_compiler.errors import choose
from schema_compiler.names import parse_type
from schema_compiler.operations import parameter_names
from schema_compiler.verify_clock import verify_clock
from schema_compiler.verify_values import Values, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_compiler.reader import Reader, Where
    from schema_compiler.scratch import Scratch

Plan = dict[str, Any]
SQL_KINDS = {
    "uuid": ("uuid",),
    "text": ("text",),
    "time": ("timestamp with time zone",),
    "fraise": ("text",),
}


def verify(plan: Plan, reader: Reader, scratch: Scratch) -> None:
    """Add a finding for each binding that does not hold in this database."""
    verifier = _Verifier(plan, reader, scratch)
    for name, query in plan["queries"].items():
        verifier.query(("queries", name), query)
    verify_clock(plan, scratch, verifier.fail)
    for name, entry in plan["types"].items():
        verifier.type(("types", name), name, entry)
    for name, mutation in plan["mutations"].items():
        verifier.mutation(("mutations", name), mutation)
    for name, subscription in plan["subscriptions"].items():
        verifier.subscription(("subscriptions", name), subscription)


class _Verifier:
    def __init__(self, plan: Plan, reader: Reader, scratch: Scratch) -> None:
        self._plan = plan
        self._reader = reader
        self._scratch = scratch
        self._values = Values(plan, reader, scratch.dialect)
        self._codes = {row["code"] for row in scratch.samples("v_error_code")}

    def fail(self, where: Where, message: str, hint: str = "") -> None:
        """Add a finding, with the dialect that shows it."""
        self._reader.fail(where, f"{message} ({self._scratch.dialect})", hint)

    def _view(self, where: Where, view: str) -> dict[str, str]:
        columns = self._scratch.columns(view)
        if not columns:
            self.fail(where, f'there is no view "{view}"', f"add db/*/views/{view}.sql")
        return columns

    def _column(self, where: Where, columns: dict[str, str], column: str, kind: str = "") -> None:
        if columns and column not in columns:
            self.fail(where, f'the view has no column "{column}"', choose(column, columns))
        elif columns and self._is_other_kind(columns[column], kind):
            self.fail(where, f'"{column}" is {columns[column]}, not {kind}')

    def _is_other_kind(self, sql_type: str, kind: str) -> bool:
        is_typed = self._scratch.dialect == "postgresql" and kind in SQL_KINDS
        return is_typed and sql_type not in SQL_KINDS[kind]

    def query(self, where: Where, query: Plan) -> None:
        columns = self._view((*where, "source"), query["source"])
        self._rows(where, query, columns)
        for name, entry in query.get("aggregate", {}).items():
            used = [entry["column"]] if "column" in entry else []
            for column in used + [column for column, _ in entry.get("where", ())]:
                self._column((*where, "aggregate", name), columns, column)
        if query.get("missing", next(iter(self._codes))) not in self._codes:
            hint = choose(query["missing"], self._codes)
            self.fail((*where, "missing"), f'no code "{query["missing"]}"', hint)
        if query["shape"] in ("list", "one"):
            self._same_source(where, query)
        if query["shape"] == "value":
            self._value(where, query, columns)

    def _value(self, where: Where, query: Plan, columns: dict[str, str]) -> None:
        bound = {"path": query["value"], "type": query["type"], "column": query.get("column", {})}
        self._native(where, bound, columns)
        for row in self._samples((*where, "value"), query["source"]):
            self._values.at(row["data"], query["value"], query["type"], (*where, "value"))
            self._same_as_column(where, bound, row)

    def _same_source(self, where: Where, query: Plan) -> None:
        parsed = parse_type(query["type"])
        source = self._plan["types"].get(parsed.name if parsed else "", {}).get("source")
        if source != query["source"]:
            self.fail((*where, "source"), f"rows of the type come from {source}")

    def _rows(self, where: Where, entry: Plan, columns: dict[str, str]) -> None:
        for column, _ in entry.get("order", ()):
            self._column((*where, "order"), columns, column)
        for argument in entry["arguments"]:
            place = (*where, "arguments", argument["name"])
            for column, kind in argument["columns"]:
                self._column(place, columns, column, kind)

    def _samples(self, where: Where, view: str) -> list[dict[str, Any]]:
        if not self._scratch.columns(view):
            return []
        rows = self._scratch.samples(view)
        if not rows:
            self.fail(where, f"the sample calls made no row in {view}", "extend samples.py")
        if rows and "data" not in rows[0]:
            self.fail(where, f"{view} has no column data")
            return []
        return rows

    def type(self, where: Where, name: str, entry: Plan) -> None:
        for field, bound in entry["fields"].items():
            if "list" in bound:
                self._list((*where, "fields", field), bound)
        if entry["source"] is None:
            return
        columns = self._view((*where, "source"), entry["source"])
        for row in self._samples((*where, "source"), entry["source"]):
            self._values.object(row["data"], name)
            for place, bound in self._bound(where, entry):
                self._same_as_column(place, bound, row)
        for place, bound in self._bound(where, entry):
            self._native(place, bound, columns)

    def _bound(self, where: Where, entry: Plan) -> Iterator[tuple[Where, Plan]]:
        """Every field of a type, and the ones of objects that are made of columns."""
        for field, bound in entry["fields"].items():
            place = (*where, "fields", field)
            if "column" in bound:
                yield place, bound
            parsed = parse_type(bound["type"])
            nested = self._plan["types"].get(parsed.name if parsed else "", {}).get("fields", {})
            for name, column in bound.get("columns", {}).items():
                below = {
                    "path": [*bound["path"], *nested[name]["path"]],
                    "type": nested[name]["type"],
                    "column": column,
                }
                yield (*place, "columns", name), below

    def _native(self, where: Where, bound: Plan, columns: dict[str, str]) -> None:
        column = bound["column"].get(self._scratch.dialect)
        if column is not None:
            self._column(where, columns, column)

    def _same_as_column(self, where: Where, bound: Plan, row: dict[str, Any]) -> None:
        column = bound["column"].get(self._scratch.dialect)
        if column not in row:
            return
        native = plain(row[column], bound["type"], self._plan)
        value = reduce(_key, bound["path"], row["data"])
        if native != value:
            place = (*where, "column")
            self.fail(place, f"{column} is {native!r} and data has {value!r}")

    def _list(self, where: Where, bound: Plan) -> None:
        place = (*where, "list")
        columns = self._view((*place, "source"), bound["list"]["source"])
        self._rows(where, {**bound["list"], "arguments": bound["arguments"]}, columns)
        for column, _ in bound["list"]["match"]:
            self._column((*place, "match"), columns, column, "text")

    def mutation(self, where: Where, mutation: Plan) -> None:
        function = mutation["function"]
        known = self._scratch.parameters(function)
        if known is None:
            hint = f"add db/*/functions/{function}.sql"
            self.fail((*where, "function"), f'there is no function "{function}"', hint)
            return
        for parameter in parameter_names(mutation):
            if parameter not in known:
                place = (*where, "arguments" if parameter not in mutation["inject"] else "inject")
                hint = choose(parameter, known)
                self.fail(place, f'{function} has no parameter "{parameter}"', hint)
        for answer in self._scratch.answers.get(function, ()):
            self._values.answer(answer, mutation["type"])

    def subscription(self, where: Where, subscription: Plan) -> None:
        columns = self._view(where, subscription.get("entity", "v_event"))
        self._rows(where, {**subscription, "order": ()}, columns)
        rows = [
            row
            for row in self._samples(where, "v_event")
            if row["event_type"] in subscription["events"]
        ]
        if not rows:
            self.fail((*where, "events"), "the sample calls made no such event")
        for row in rows:
            for name, path in subscription.get("fields", {}).items():
                self._values.event(row["data"], subscription["type"], name, path, where)
        self._event_keys(where, subscription)

    def _event_keys(self, where: Where, subscription: Plan) -> None:
        """Events are filtered by ``data``, and what they were overwrites keys of it."""
        places = {
            column: (*where, "arguments", argument["name"])
            for argument in subscription["arguments"]
            for column, _ in argument["columns"]
        }
        for event, values in subscription.get("as_of", {}).items():
            read = [v[1:] for v in values.values() if isinstance(v, str) and v.startswith("$")]
            places |= dict.fromkeys([*values, *read], (*where, "as_of", event))
        for row in self._samples(where, subscription.get("entity", "v_event")):
            for key, place in places.items():
                if key not in row["data"]:
                    self.fail(place, f'the key "{key}" is not in data')


def _key(value: Any, key: str) -> Any:
    return cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
