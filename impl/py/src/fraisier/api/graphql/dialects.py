"""How each database reads JSON and writes it in the client's order of fields."""

from __future__ import annotations

from collections.abc import Sequence

WIDEST_OBJECT = 40  # PostgreSQL takes 100 arguments of a function, SQLite 127
_PIECES = 50
TIME = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'  # as fx_time of PostgreSQL writes it in data
UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class SQLite:
    """JSON functions of SQLite 3.38 and later."""

    name = "sqlite"

    def placeholder(self, position: int) -> str:
        """The next parameter."""
        return "?"

    def value(self, data: str, path: Sequence[str]) -> str:
        """The JSON value at a path."""
        return f"{data} -> '{_at(path)}'"

    def text(self, data: str, key: str) -> str:
        """A value of ``data`` as text."""
        return f"{data} ->> '$.{key}'"

    def native(self, column: str, kind: str) -> str:
        """The value of a native column as JSON has it: a scalar's name, or ``JSON``."""
        if kind == "JSON":
            return f"json({column})"
        if kind == "Boolean":
            return f"json(CASE WHEN {column} THEN 'true' WHEN NOT {column} THEN 'false' END)"
        return column

    def guard(self, data: str, path: Sequence[str], kind: str, expression: str) -> str:
        """``expression`` when the value at a path is an object or array, else null."""
        return f"CASE WHEN json_type({data}, '{_at(path)}') = '{kind}' THEN {expression} END"

    def elements(self, data: str, path: Sequence[str], alias: str) -> str:
        """Rows for the elements of an array, in order; the column is ``value``."""
        return f"json_each({data}, '{_at(path)}') AS {alias}"

    def build(self, pairs: Sequence[tuple[str, str]]) -> str:
        """A JSON object from keys and expressions."""
        if len(pairs) <= WIDEST_OBJECT:
            return f"json_object({_listed(pairs)})"
        return f"json({_concatenate([f'json_quote({value})' for _, value in pairs], pairs)})"

    def gather(self, expression: str) -> str:
        """A JSON array of all rows."""
        return f"json_group_array({expression})"

    def typename(self, name: str) -> str:
        """A text constant as an expression."""
        return f"'{name}'"

    def whole(self, expression: str) -> str:
        """What the statement returns: text."""
        return f"json_quote({expression})"

    def matches(self, column: str, kind: str, parameter: str) -> str:
        """Whether a column equals a parameter; a fraise's name also its id."""
        if kind == "fraise":
            rows = f"(SELECT {parameter} AS key) k LEFT JOIN v_fraise f ON f.id = lower(k.key)"
            return f"{column} = (SELECT coalesce(f.name, k.key) FROM {rows})"
        return f"{column} = lower({parameter})" if kind == "uuid" else f"{column} = {parameter}"

    def within_days(self, column: str, parameter: str) -> str:
        """Whether a time lies within so many days before now."""
        return f"{column} >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || {parameter} || ' days')"

    def average(self, column: str) -> str:
        """The mean of a column as a floating-point number."""
        return f"avg({column})"

    def percent(self, part: str, decimals: int) -> str:
        """``part`` of all rows in per cent, 0 when there are none."""
        return f"coalesce(round(100.0 * {part} / nullif(count(*), 0), {decimals}), 0.0)"


class PostgreSQL(SQLite):
    """JSON functions of PostgreSQL 14 and later, over ``data`` as jsonb."""

    name = "postgresql"

    def placeholder(self, position: int) -> str:
        """The parameter at a position, counted from 1."""
        return f"${position}"

    def value(self, data: str, path: Sequence[str]) -> str:
        """The JSON value at a path."""
        return data + "".join(f"->'{key}'" for key in path)

    def text(self, data: str, key: str) -> str:
        """A value of ``data`` as text."""
        return f"{data}->>'{key}'"

    def native(self, column: str, kind: str) -> str:
        """The value of a native column as JSON has it: a scalar's name, or ``JSON``."""
        return f"to_char({column} AT TIME ZONE 'UTC', '{TIME}')" if kind == "DateTime" else column

    def guard(self, data: str, path: Sequence[str], kind: str, expression: str) -> str:
        """``expression`` when the value at a path is an object or array, else null."""
        return f"CASE WHEN jsonb_typeof({self.value(data, path)}) = '{kind}' THEN {expression} END"

    def elements(self, data: str, path: Sequence[str], alias: str) -> str:
        """Rows for the elements of an array, in order; the column is ``value``."""
        return f"jsonb_array_elements({self.value(data, path)}) AS {alias}(value)"

    def build(self, pairs: Sequence[tuple[str, str]]) -> str:
        """A JSON object from keys and expressions; json keeps their order, jsonb does not."""
        if len(pairs) <= WIDEST_OBJECT:
            return f"json_build_object({_listed(pairs)})"
        texts = [f"coalesce(to_json({value})::text, 'null')" for _, value in pairs]
        return f"({_concatenate(texts, pairs)})::json"

    def gather(self, expression: str) -> str:
        """A JSON array of all rows."""
        return f"coalesce(json_agg({expression}), '[]'::json)"

    def typename(self, name: str) -> str:
        """A text constant as an expression."""
        return f"'{name}'::text"

    def whole(self, expression: str) -> str:
        """What the statement returns: text."""
        return f"to_json({expression})::text"

    def matches(self, column: str, kind: str, parameter: str) -> str:
        """As in SQLite; text that is no UUID equals no UUID."""
        wanted = f"{parameter}::text"
        if kind == "uuid":
            return f"{column} = {_uuid(wanted)}"
        if kind == "fraise":
            name = f"(SELECT name FROM v_fraise WHERE id = {_uuid(wanted)})"
            return f"{column} = coalesce({name}, {wanted})"
        return f"{column} = {wanted}"

    def within_days(self, column: str, parameter: str) -> str:
        """Whether a time lies within so many days before now."""
        return f"{column} >= now() - make_interval(days => {parameter}::integer)"

    def average(self, column: str) -> str:
        """The mean of a column as a floating-point number."""
        return f"avg({column})::double precision"

    def percent(self, part: str, decimals: int) -> str:
        """``part`` of all rows in per cent, 0 when there are none."""
        share = f"round(100.0 * {part} / nullif(count(*), 0), {decimals})"
        return f"coalesce({share}, 0)::double precision"


def _at(path: Sequence[str]) -> str:
    return ".".join(("$", *path))


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"'{key}', {value}" for key, value in pairs)


def _uuid(text: str) -> str:
    return f"CASE WHEN {text} ~ '{UUID_PATTERN}' THEN ({text})::uuid END"


def _concatenate(texts: Sequence[str], pairs: Sequence[tuple[str, str]]) -> str:
    """``{"key":value,...}`` by ``||``, in groups because expressions have a maximal depth."""
    pieces = [
        f"""'{"," if index else ""}"{key}":' || {text}"""
        for index, ((key, _), text) in enumerate(zip(pairs, texts, strict=True))
    ]
    groups = [
        f"({' || '.join(pieces[start : start + _PIECES])})"
        for start in range(0, len(pieces), _PIECES)
    ]
    return f"'{{' || {' || '.join(groups)} || '}}'"


DIALECTS: dict[str, SQLite] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}
