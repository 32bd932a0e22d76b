"""schema.yaml -> the plan that implementations execute (``CompiledSchema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_compiler import operations, types
from schema_compiler.errors import SchemaError
from schema_compiler.names import parse_type
from schema_compiler.reader import Reader
from schema_compiler.sdl import render
from schema_compiler.source import load
from schema_compiler.subscriptions import subscriptions

if TYPE_CHECKING:
    from pathlib import Path

Plan = dict[str, Any]


def compile_file(path: Path) -> tuple[Plan, Reader]:
    """
    Read and check everything that needs no database.

    Raises:
        SchemaError: With every finding, not only the first.
    """
    reader = Reader(path, load(path))
    reader.keys(
        reader.document,
        (),
        "scalars enums types queries mutations subscriptions",
        "version",
    )
    plan: Plan = {
        "version": reader.document.get("version"),
        "scalars": dict(reader.document.get("scalars") or {}),
        "enums": types.enums(reader),
        "types": types.types(reader),
        "queries": operations.queries(reader),
        "mutations": operations.mutations(reader),
        "subscriptions": subscriptions(reader),
    }
    _check_answers(reader, plan)
    if reader.findings:
        raise SchemaError(reader.findings)
    plan["sdl"] = render(plan)
    return plan, reader


def _check_answers(reader: Reader, plan: Plan) -> None:
    """Answers and events are rows that are already there: nothing below may read a view."""
    answers = [name for name, entry in plan["types"].items() if entry["answer"]]
    events = [parse_type(entry["type"] or "") for entry in plan["subscriptions"].values()]
    for name in dict.fromkeys([*answers, *(parsed.name for parsed in events if parsed)]):
        for reached in _reachable(plan, name):
            for field, bound in plan["types"][reached]["fields"].items():
                if "list" in bound:
                    reader.fail(
                        ("types", reached, "fields", field),
                        f"{name} is an answer or an event and cannot hold a list of rows",
                        "leave the field out of types that a mutation or a subscription returns",
                    )


def _reachable(plan: Plan, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in plan["types"]:
            continue
        found.add(name)
        for bound in plan["types"][name]["fields"].values():
            parsed = parse_type(bound["type"] or "")
            waiting += [parsed.name] if parsed else []
    return found
