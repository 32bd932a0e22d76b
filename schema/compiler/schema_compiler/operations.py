"""Queries and mutations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_compiler.arguments import call_arguments, filter_arguments
from schema_compiler.errors import choose
from schema_compiler.types import native_column, order

if TYPE_CHECKING:
    from schema_compiler.reader import Reader, Where
    from schema_compiler.source import Block

INJECTABLE = ("$actor", "$command_id", "$event", "$hook", "$delivery_id")
GATES = ("webhook-signature",)
SCOPES = ("read", "deploy", "admin")
OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CUSTOM")


def queries(reader: Reader) -> dict[str, Any]:
    """Every query: a list, one row, a value of one row, or an aggregate of a view."""
    found: dict[str, Any] = {}
    for name, block, where in reader.entries(reader.document, "queries", ()):
        reader.keys(
            block,
            where,
            "description order value column missing aggregate arguments scope clock",
            "type source",
        )
        found[name] = _query(reader, block, where)
    return found


def _query(reader: Reader, block: Block, where: Where) -> dict[str, Any]:
    parsed = reader.type(block, where)
    plan: dict[str, Any] = {
        "description": reader.text(block, "description", where),
        "type": block.get("type"),
        "scope": scope(reader, block, where),
        "shape": "list" if parsed.is_list else "one",
        "source": reader.identifier(block, "source", where),
        "order": order(reader, block, where),
        "arguments": filter_arguments(reader, block, where),
    }
    if "value" in block:
        value = reader.text(block, "value", where) or ""
        plan |= {"shape": "value", "value": value.split(".")}
        if "column" in block:
            plan["column"] = native_column(reader, block["column"], (*where, "column"))
    plan["clock"] = _reads_clock(reader, block, plan, where)
    if "missing" in block:
        plan["missing"] = reader.text(block, "missing", where)
    if "aggregate" in block:
        plan |= {"shape": "aggregate", "aggregate": _aggregate(reader, block, parsed.name, where)}
    if plan["shape"] == "list" and not plan["order"]:
        reader.fail(where, "a list needs an order", "add order: [name]")
    return plan


def _reads_clock(reader: Reader, block: Block, plan: dict[str, Any], where: Where) -> bool:
    """Whether the answer changes with the time alone, while the database does not."""
    declared = block.get("clock", False)
    if not isinstance(declared, bool):
        reader.fail((*where, "clock"), "true or false is expected here")
    return declared is True or any(
        argument["operator"] == "within_days" for argument in plan["arguments"]
    )


def _aggregate(reader: Reader, block: Block, type_name: str, where: Where) -> dict[str, Any]:
    fields = reader.fields(type_name)
    found: dict[str, Any] = {}
    for name, entry, place in reader.entries(block, "aggregate", where):
        reader.keys(entry, place, "count average percent decimals")
        if name not in fields:
            reader.fail(place, f"{type_name} has no such field", choose(name, fields))
        kinds = [kind for kind in ("count", "average", "percent") if kind in entry]
        if len(kinds) != 1:
            reader.fail(place, "one of count, average and percent is expected here")
            continue
        found[name] = _aggregate_entry(kinds[0], entry)
    for name in fields:
        if name not in found:
            reader.fail((*where, "aggregate"), f"the field {type_name}.{name} has no aggregate")
    return found


def _aggregate_entry(kind: str, entry: Block) -> dict[str, Any]:
    value = entry[kind]
    plan: dict[str, Any] = {"kind": kind}
    if kind == "average":
        plan["column"] = str(value)
    elif value != "all":
        plan["where"] = [[column, str(wanted)] for column, wanted in dict(value).items()]
    if "decimals" in entry:
        plan["decimals"] = int(entry["decimals"])
    return plan


def mutations(reader: Reader) -> dict[str, Any]:
    """Every mutation: the function that it calls and what is filled in for the client."""
    found: dict[str, Any] = {}
    for name, block, where in reader.entries(reader.document, "mutations", ()):
        reader.keys(
            block, where, "description arguments gate inject", "type function operation scope"
        )
        found[name] = _mutation(reader, block, where)
    return found


def _mutation(reader: Reader, block: Block, where: Where) -> dict[str, Any]:
    parsed = reader.type(block, where)
    if reader.entry("types", parsed.name).get("answer") is not True:
        reader.fail((*where, "type"), f"{parsed.name} is no answer", "mark it with answer: true")
    for key, known in (("operation", OPERATIONS), ("gate", GATES)):
        if key in block and block[key] not in known:
            reader.fail(
                (*where, key), f'unknown {key} "{block[key]}"', choose(str(block[key]), known)
            )
    plan: dict[str, Any] = {
        "description": reader.text(block, "description", where),
        "type": block.get("type"),
        "function": reader.identifier(block, "function", where),
        "operation": block.get("operation"),
        "scope": scope(reader, block, where),
        "arguments": call_arguments(reader, block, where),
        "inject": _inject(reader, block, where),
    }
    return plan | ({"gate": block["gate"]} if "gate" in block else {})


def _inject(reader: Reader, block: Block, where: Where) -> dict[str, str]:
    inject = reader.block(block.get("inject"), (*where, "inject"))
    for parameter, value in inject.items():
        if str(value).startswith("$") and value not in INJECTABLE:
            reader.fail(
                (*where, "inject", parameter),
                f'nothing gives "{value}"',
                choose(str(value), INJECTABLE),
            )
    return {parameter: str(value) for parameter, value in inject.items()}


def scope(reader: Reader, block: Block, where: Where) -> str:
    """What a token needs for a root field; ``read`` when nothing is said."""
    named = reader.text(block, "scope", where) or SCOPES[0]
    if named not in SCOPES:
        reader.fail((*where, "scope"), f'unknown scope "{named}"', choose(named, SCOPES))
    return named


def parameter_names(mutation: dict[str, Any]) -> list[str]:
    """Every parameter of the function that a mutation fills."""
    return [entry["parameter"] for entry in mutation["arguments"]] + list(mutation["inject"])
