"""The plan as the FraiseQL engine's intermediate schema (``fraiseql.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_compiler.names import parse_type, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable

Plan = dict[str, Any]


def intermediate_schema(plan: Plan) -> Plan:
    """
    What ``fraiseql-cli compile`` takes.

    Bound to what the engine serves as it is: see spec/decisions for the rest.
    """
    served = {query["source"] for query in plan["queries"].values()}
    return {
        "version": "2.0.0",
        "naming_convention": "camelCase",
        "types": [_type(name, entry, served) for name, entry in plan["types"].items()],
        "enums": [_enum(name, entry) for name, entry in plan["enums"].items()],
        "queries": [_query(name, entry) for name, entry in plan["queries"].items()],
        "mutations": [_mutation(name, entry) for name, entry in plan["mutations"].items()],
        "subscriptions": [
            _subscription(name, entry) for name, entry in plan["subscriptions"].items()
        ],
    }


def _named(name: str, entry: Plan) -> Plan:
    description = entry.get("description")
    return {"name": name} | ({"description": description} if description else {})


def _type(name: str, entry: Plan, served: set[str]) -> Plan:
    fields = [
        {"name": field, **_typed(bound["type"])}
        | ({"description": bound["description"]} if "description" in bound else {})
        for field, bound in entry["fields"].items()
        if "list" not in bound or "path" in bound
    ]
    source = entry["source"]
    origin = {"sql_source": source} if source in served else {"embedded": True}
    return {**_named(name, entry), "fields": fields, **origin}


def _enum(name: str, entry: Plan) -> Plan:
    return {**_named(name, entry), "values": [{"name": value} for value in entry["values"]]}


def _typed(text: str) -> Plan:
    parsed = parse_type(text)
    assert parsed is not None
    name = "Json" if parsed.name == "JSON" else parsed.name
    if parsed.is_list:
        name = f"[{name}{'!' if parsed.element_required else ''}]"
    return {"type": name, "nullable": not parsed.required}


def _arguments(entries: Iterable[Plan]) -> list[Plan]:
    return [
        {"name": entry["name"], **_typed(entry["type"])}
        | ({"default": entry["default"]} if "default" in entry else {})
        for entry in entries
    ]


def _returned(text: str) -> Plan:
    parsed = parse_type(text)
    assert parsed is not None
    return {
        "return_type": parsed.name,
        "returns_list": parsed.is_list,
        "nullable": not parsed.required,
    }


def _query(name: str, entry: Plan) -> Plan:
    limited = any(argument["operator"] == "limit" for argument in entry["arguments"])
    return {
        **_named(name, entry),
        **_returned(entry["type"]),
        "arguments": _arguments(entry["arguments"]),
        "sql_source": entry["source"],
        "auto_params": {"limit": limited, "offset": False, "where": False, "order_by": False},
    }


def _mutation(name: str, entry: Plan) -> Plan:
    return {
        **_named(name, entry),
        **_returned(entry["type"]),
        "arguments": _arguments(entry["arguments"]),
        "sql_source": entry["function"],
        "operation": entry["operation"],
    }


def _subscription(name: str, entry: Plan) -> Plan:
    parsed = parse_type(entry["type"])
    assert parsed is not None
    arguments = _arguments(entry["arguments"])
    plan = {
        **_named(name, entry),
        "return_type": parsed.name,
        "arguments": arguments,
        "topic": snake_case(name),
    }
    conditions = [
        {"argument": argument["name"], "path": f"/{snake_case(argument['name'])}"}
        for argument in arguments
    ]
    return plan | ({"filter": {"conditions": conditions}} if conditions else {})
