"""Subscriptions: which events they show, to whom, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from schema_compiler.arguments import filter_arguments
from schema_compiler.operations import scope

if TYPE_CHECKING:
    from schema_compiler.reader import Reader, Where
    from schema_compiler.source import Block

Path = list[str]


def subscriptions(reader: Reader) -> dict[str, Any]:
    """Every subscription: the types of events that it shows, and as what."""
    found: dict[str, Any] = {}
    for name, block, where in reader.entries(reader.document, "subscriptions", ()):
        reader.keys(block, where, "description arguments entity as_of fields scope", "type events")
        found[name] = _subscription(reader, block, where)
    return found


def _subscription(reader: Reader, block: Block, where: Where) -> dict[str, Any]:
    parsed = reader.type(block, where)
    if ("entity" in block) == ("fields" in block):
        reader.fail(where, "one of entity and fields is expected here")
    if parsed.is_list:
        reader.fail((*where, "type"), "an event is one object, no list")
    plan: dict[str, Any] = {
        "description": reader.text(block, "description", where),
        "type": block.get("type"),
        "scope": scope(reader, block, where),
        "events": _texts(block.get("events")),
        "arguments": filter_arguments(reader, block, where),
    }
    for argument in plan["arguments"]:
        if argument["operator"] != "equal":
            reader.fail((*where, "arguments", argument["name"]), "events are filtered by equality")
    if "entity" in block:
        plan["entity"] = reader.identifier(block, "entity", where)
        plan["as_of"] = _as_of(reader, block, plan["events"], where)
    if "fields" in block:
        plan["fields"] = _event_fields(reader, block, parsed.name, where)
    return plan


def _as_of(reader: Reader, block: Block, events: list[str], where: Where) -> dict[str, Any]:
    """What an entity was when an event happened, where it may be something else by now."""
    found: dict[str, Any] = {}
    if "as_of" not in block:
        return found
    given: dict[str, Any] = reader.block(block["as_of"], (*where, "as_of"))
    for event, values in given.items():
        place = (*where, "as_of", event)
        if event not in events:
            reader.fail(place, "this event is not shown", f"one of {', '.join(events)}")
        found[event] = dict(cast("dict[str, Any]", reader.block(values, place)))
    return found


def _event_fields(reader: Reader, block: Block, type_name: str, where: Where) -> dict[str, Path]:
    fields = reader.fields(type_name)
    given = reader.block(block["fields"], (*where, "fields"))
    for name in given:
        if name not in fields:
            reader.fail((*where, "fields", name), f"{type_name} has no such field")
    for name in fields:
        if name not in given:
            reader.fail((*where, "fields"), f"the field {type_name}.{name} has no source")
    return {name: str(path).split(".") for name, path in given.items()}


def _texts(value: Any) -> list[str]:
    return [str(entry) for entry in cast("list[Any]", value)] if isinstance(value, list) else []
