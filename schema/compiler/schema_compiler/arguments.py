"""Arguments of root fields and of list fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_compiler.errors import choose
from schema_compiler.names import snake_case

if TYPE_CHECKING:
    from schema_compiler.names import TypeText
    from schema_compiler.reader import Reader, Where
    from schema_compiler.source import Block

KINDS = ("text", "uuid", "time", "fraise")  # fraise: a name, for which its id may stand
OPERATORS = ("equal", "within_days")
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "Int": int,
    "Float": (int, float),
    "String": str,
    "ID": str,
    "Boolean": bool,
}


def filter_arguments(reader: Reader, block: Block, where: Where) -> list[dict[str, Any]]:
    """Arguments that filter or limit the rows of a view."""
    return [
        _filter(reader, name, argument, place)
        for name, argument, place in reader.entries(block, "arguments", where)
    ]


def call_arguments(reader: Reader, block: Block, where: Where) -> list[dict[str, Any]]:
    """Arguments that are handed to a function under their names in snake_case."""
    found: list[dict[str, Any]] = []
    for name, argument, place in reader.entries(block, "arguments", where):
        reader.keys(argument, place, "default description", "type")
        plan = _argument(reader, name, argument, place)
        found.append({**plan, "parameter": snake_case(name)})
    return found


def _filter(reader: Reader, name: str, argument: Block, place: Where) -> dict[str, Any]:
    reader.keys(
        argument,
        place,
        "default description column columns operator limit minimum maximum",
        "type",
    )
    plan = _argument(reader, name, argument, place)
    plan["operator"] = _operator(reader, argument, place)
    plan["columns"] = [] if argument.get("limit") else _columns(reader, name, argument, place)
    for bound in ("minimum", "maximum"):
        if bound in argument:
            plan[bound] = _number(reader, argument, bound, place)
    if plan["operator"] == "limit" and "maximum" not in argument:
        reader.fail(place, "a limit needs a maximum", "add maximum: 1000")
    return plan


def _argument(reader: Reader, name: str, argument: Block, place: Where) -> dict[str, Any]:
    parsed = reader.type(argument, place)
    if parsed.is_list or reader.is_object(parsed.name):
        reader.fail((*place, "type"), "an argument is a scalar or an enum")
    plan: dict[str, Any] = {"name": name, "type": argument.get("type")}
    if description := reader.text(argument, "description", place):
        plan["description"] = description
    if "default" in argument:
        plan["default"] = argument["default"]
        _check_default(reader, argument, parsed, place)
    return plan


def _check_default(reader: Reader, argument: Block, parsed: TypeText, place: Where) -> None:
    default = argument["default"]
    values = reader.entry("enums", parsed.name).get("values")
    if values is not None:
        fits = default in values
    else:
        fits = isinstance(default, _PYTHON_TYPES.get(parsed.name, object))
        fits = fits and (parsed.name == "Boolean" or not isinstance(default, bool))
    if default is None or not fits:
        reader.fail((*place, "default"), f"{default!r} is no {parsed.name}")


def _operator(reader: Reader, argument: Block, place: Where) -> str:
    if argument.get("limit") is True:
        if argument.get("type") not in ("Int", "Int!"):
            reader.fail((*place, "type"), "a limit is an Int")
        return "limit"
    operator = argument.get("operator", "equal")
    if operator not in OPERATORS:
        reader.fail(
            (*place, "operator"), f'"{operator}" is no operator', choose(str(operator), OPERATORS)
        )
    return str(operator)


def _columns(reader: Reader, name: str, argument: Block, place: Where) -> list[list[str]]:
    if "columns" not in argument:
        column = reader.identifier(argument, "column", place) or snake_case(name)
        if argument.get("operator") == "within_days":
            return [[column, "time"]]
        return [[column, "uuid" if str(argument.get("type")).startswith("ID") else "text"]]
    columns = reader.block(argument["columns"], (*place, "columns"))
    for column, kind in columns.items():
        if kind not in KINDS:
            reader.fail(
                (*place, "columns", column), f'"{kind}" is no kind', choose(str(kind), KINDS)
            )
    return [[column, str(kind)] for column, kind in columns.items()]


def _number(reader: Reader, argument: Block, key: str, place: Where) -> int:
    value = argument[key]
    if isinstance(value, bool) or not isinstance(value, int):
        reader.fail((*place, key), "a whole number is expected here")
        return 0
    return value
