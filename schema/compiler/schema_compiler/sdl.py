"""The plan as GraphQL SDL (``schema.graphql``)."""

from __future__ import annotations

import json
from typing import Any


def render(plan: dict[str, Any]) -> str:
    """SDL text: root types first, then scalars, enums and types as schema.yaml orders them."""
    parts = [
        _fields("Query", None, plan["queries"]),
        _fields("Mutation", None, plan["mutations"]),
        _fields("Subscription", None, plan["subscriptions"]),
        *(f"{_described(text)}scalar {name}\n" for name, text in plan["scalars"].items()),
        *(_enum(name, entry) for name, entry in plan["enums"].items()),
        *(
            _fields(name, entry["description"], entry["fields"])
            for name, entry in plan["types"].items()
        ),
    ]
    return "\n".join(part for part in parts if part)


def _described(text: str | None, indent: str = "") -> str:
    return f'{indent}"""{text}"""\n' if text else ""


def _enum(name: str, entry: dict[str, Any]) -> str:
    values = "".join(f"  {value}\n" for value in entry["values"])
    return f"{_described(entry['description'])}enum {name} {{\n{values}}}\n"


def _fields(name: str, description: str | None, fields: dict[str, Any]) -> str:
    if not fields:
        return ""
    lines = "".join(
        f"{_described(entry.get('description'), '  ')}  "
        f"{field}{_arguments(entry.get('arguments', []))}: {entry['type']}\n"
        for field, entry in fields.items()
    )
    return f"{_described(description)}type {name} {{\n{lines}}}\n"


def _arguments(arguments: list[dict[str, Any]]) -> str:
    texts = [f"{entry['name']}: {entry['type']}{_default(entry)}" for entry in arguments]
    return f"({', '.join(texts)})" if texts else ""


def _default(entry: dict[str, Any]) -> str:
    if "default" not in entry:
        return ""
    default = entry["default"]
    is_name = isinstance(default, str) and entry["type"].rstrip("!") not in ("String", "ID")
    return f" = {default if is_name else json.dumps(default)}"
