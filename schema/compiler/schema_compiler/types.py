"""Enums, scalars and object types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from schema_compiler.arguments import filter_arguments
from schema_compiler.errors import choose
from schema_compiler.names import IDENTIFIER, NAME, snake_case

if TYPE_CHECKING:
    from schema_compiler.reader import Reader, Where
    from schema_compiler.source import Block

DIALECTS = ("sqlite", "postgresql", "mysql", "sqlserver")
RESPONSE_COLUMNS = (
    "succeeded",
    "state_changed",
    "error_class",
    "status_detail",
    "http_status",
    "message",
    "entity_id",
    "entity_type",
    "entity",
    "updated_fields",
    "cascade",
    "error_detail",
    "metadata",
)
FIELD_KEYS = "description path column columns response list arguments"


def enums(reader: Reader) -> dict[str, Any]:
    """Every enum with its values in order."""
    found: dict[str, Any] = {}
    for name, block, where in reader.entries(reader.document, "enums", ()):
        reader.keys(block, where, "description", "values")
        values: Any = block.get("values")
        if not isinstance(values, list) or not values:
            reader.fail((*where, "values"), "a list of names is expected here")
            values = []
        for value in cast("list[Any]", values):
            if not isinstance(value, str) or NAME.fullmatch(value) is None:
                reader.fail((*where, "values"), f"{value!r} is no GraphQL name", "put it in quotes")
        found[name] = {"description": reader.text(block, "description", where), "values": values}
    return found


def types(reader: Reader) -> dict[str, Any]:
    """Every object type with what its fields are bound to."""
    found: dict[str, Any] = {}
    for name, block, where in reader.entries(reader.document, "types", ()):
        reader.keys(block, where, "description source answer", "fields")
        answer = block.get("answer") is True
        found[name] = {
            "description": reader.text(block, "description", where),
            "source": reader.identifier(block, "source", where),
            "answer": answer,
            "fields": {
                field: _field(reader, field, entry, place, answer=answer)
                for field, entry, place in reader.entries(block, "fields", where)
            },
        }
    return found


def _field(
    reader: Reader, name: str, block: Block, where: Where, *, answer: bool
) -> dict[str, Any]:
    reader.keys(block, where, FIELD_KEYS, "type")
    reader.type(block, where)
    plan: dict[str, Any] = {"type": block.get("type")}
    if description := reader.text(block, "description", where):
        plan["description"] = description
    if answer:
        plan["response"] = _response(reader, name, block, where)
    elif "list" in block:
        plan["list"] = _list(reader, block, where)
        plan["arguments"] = filter_arguments(reader, block, where)
        if "path" in block:
            plan["path"] = (reader.text(block, "path", where) or "").split(".")
    else:
        plan["path"] = (reader.text(block, "path", where) or snake_case(name)).split(".")
    if "column" in block:
        plan["column"] = native_column(reader, block["column"], (*where, "column"))
    if "columns" in block:
        plan["columns"] = _columns(reader, block, (*where, "columns"))
    if "arguments" in block and "list" not in block:
        reader.fail((*where, "arguments"), "only a field with a list takes arguments")
    return plan


def _response(reader: Reader, name: str, block: Block, where: Where) -> str:
    response = reader.text(block, "response", where)
    if response not in RESPONSE_COLUMNS:
        word = response or name
        reader.fail(where, f'"{word}" is no column of the answer', choose(word, RESPONSE_COLUMNS))
    return response or ""


def native_column(reader: Reader, value: Any, where: Where) -> dict[str, str]:
    """A column for every dialect, or for the ones that are named."""
    if isinstance(value, str):
        return {dialect: value for dialect in DIALECTS}  # noqa: C420 (a plain dict of str)
    columns = reader.block(value, where)
    for dialect, column in columns.items():
        if dialect not in DIALECTS:
            reader.fail((*where, dialect), f'"{dialect}" is no dialect', choose(dialect, DIALECTS))
        if IDENTIFIER.fullmatch(str(column)) is None:
            reader.fail((*where, dialect), f'"{column}" is no SQL name')
    return dict(columns)


def _columns(reader: Reader, block: Block, where: Where) -> dict[str, dict[str, str]]:
    parsed = reader.type(block, where)
    fields = reader.fields(parsed.name)
    found: dict[str, dict[str, str]] = {}
    for name, value in reader.block(block["columns"], where).items():
        if name not in fields:
            reader.fail((*where, name), f"{parsed.name} has no such field", choose(name, fields))
        found[name] = native_column(reader, value, (*where, name))
    if parsed.is_list or not parsed.required:
        reader.fail(where, "only an object that is never null can be made of columns")
    return found


def _list(reader: Reader, block: Block, where: Where) -> dict[str, Any]:
    place = (*where, "list")
    entry = reader.block(block["list"], place)
    reader.keys(entry, place, "order", "source match")
    match = reader.block(entry.get("match"), (*place, "match"))
    return {
        "source": reader.identifier(entry, "source", place),
        "match": [[column, str(key)] for column, key in match.items()],
        "order": order(reader, entry, place),
    }


def order(reader: Reader, block: Block, where: Where) -> list[list[str]]:
    """``[-pk_deployment, name]`` as pairs of column and direction."""
    found: list[list[str]] = []
    for entry in block.get("order", []):
        column = str(entry).removeprefix("-")
        if IDENTIFIER.fullmatch(column) is None:
            reader.fail((*where, "order"), f'"{entry}" is no column', "like name, or -started_at")
        found.append([column, "desc" if str(entry).startswith("-") else "asc"])
    return found
