"""Values of sample rows against the types that the schema gives them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from schema_compiler.names import TypeText, parse_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_compiler.reader import Reader, Where

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": lambda value: isinstance(value, str) and _TIME.fullmatch(value) is not None,
    "Float": lambda value: _is_int(value) or isinstance(value, float),
    "ID": lambda value: isinstance(value, str),
    "Int": _is_int,
    "JSON": lambda value: True,
    "String": lambda value: isinstance(value, str),
}


def plain(value: Any, type_text: str, plan: dict[str, Any]) -> Any:
    """The value of a native column as ``data`` has it: times as text, JSON decoded."""
    parsed = parse_type(type_text)
    if parsed is None or value is None:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, str) and (
        parsed.is_list or parsed.name == "JSON" or parsed.name in plan["types"]
    ):
        return json.loads(value)
    return bool(value) if parsed.name == "Boolean" else value


class Values:
    """Checks values; each fault is reported once a dialect."""

    def __init__(self, plan: dict[str, Any], reader: Reader, dialect: str) -> None:
        self._plan = plan
        self._reader = reader
        self._dialect = dialect
        self._seen: set[tuple[Where, str]] = set()

    def _fail(self, where: Where, message: str) -> None:
        if (where, message) not in self._seen:
            self._seen.add((where, message))
            self._reader.fail(where, f"{message} ({self._dialect})", "see db/README.md, Views")

    def object(self, value: Any, type_name: str) -> None:
        """An object of ``data`` against a type."""
        for name, bound in self._plan["types"][type_name]["fields"].items():
            if "path" in bound:
                self.at(value, bound["path"], bound["type"], ("types", type_name, "fields", name))

    def at(self, value: Any, path: Sequence[str], type_text: str, where: Where) -> None:
        """What lies at ``path`` against a type."""
        for key in path:
            if not isinstance(value, dict) or key not in value:
                self._fail(where, f'the key "{".".join(path)}" is not in data')
                return
            value = cast("dict[str, Any]", value)[key]
        self._value(value, parse_type(type_text), where)

    def answer(self, answer: dict[str, Any], type_text: str) -> None:
        """An answer of a function against an answer type."""
        parsed = parse_type(type_text)
        type_name = parsed.name if parsed else ""
        for name, bound in self._plan["types"][type_name]["fields"].items():
            where = ("types", type_name, "fields", name)
            self._value(answer.get(bound["response"]), parse_type(bound["type"]), where)

    def event(
        self, data: dict[str, Any], type_text: str, name: str, path: Sequence[str], where: Where
    ) -> None:
        """What a subscription reads from an event."""
        parsed = parse_type(type_text)
        field = self._plan["types"][parsed.name if parsed else ""]["fields"][name]
        self.at(data, path, field["type"], (*where, "fields", name))

    def _value(self, value: Any, parsed: TypeText | None, where: Where) -> None:
        if parsed is None:
            return
        if value is None:
            if parsed.required:
                self._fail(where, "data has null where the type is not null")
            return
        if not parsed.is_list:
            self._element(value, parsed.name, where)
        elif not isinstance(value, list):
            self._fail(where, f"data has {value!r}, no list")
        else:
            for element in cast("list[Any]", value):
                self._element(element, parsed.name, where)

    def _element(self, value: Any, type_name: str, where: Where) -> None:
        values = self._plan["enums"].get(type_name, {}).get("values")
        if type_name in self._plan["types"]:
            if not isinstance(value, dict):
                self._fail(where, f"data has {value!r}, no object")
                return
            self.object(value, type_name)
        elif not (value in values if values is not None else _KINDS[type_name](value)):
            self._fail(where, f"data has {value!r}, which is no {type_name}")
