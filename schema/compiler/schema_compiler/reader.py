"""Strict reading: every unknown key and wrong kind becomes a finding with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schema_compiler.errors import Finding, choose
from schema_compiler.names import BUILT_IN_SCALARS, IDENTIFIER, NAME, TypeText, parse_type
from schema_compiler.source import Block

if TYPE_CHECKING:
    from pathlib import Path

Where = tuple[str, ...]


@dataclass
class Reader:
    """The document, and everything found wrong with it so far."""

    path: Path
    document: Block
    findings: list[Finding] = field(default_factory=list[Finding])

    def fail(self, where: Where, message: str, hint: str = "") -> None:
        """Add a finding at the line of the key that ``where`` leads to."""
        self.findings.append(
            Finding(self.path, self.line(where), ".".join(where) or "document", message, hint)
        )

    def line(self, where: Where) -> int:
        """Line of the deepest key of ``where`` that exists."""
        node: Any = self.document
        line = 1
        for key in where:
            if not isinstance(node, Block) or key not in node:
                break
            line = node.lines[key]
            node = node[key]
        return line

    def block(self, value: Any, where: Where) -> Block:
        """``value`` when it is a mapping, else an empty one and a finding."""
        if isinstance(value, Block):
            return value
        self.fail(where, "a mapping is expected here")
        empty = Block()
        empty.lines = {}
        return empty

    def entries(self, parent: Block, key: str, where: Where) -> list[tuple[str, Block, Where]]:
        """Name, mapping and place of each entry of a section; its names are GraphQL names."""
        section = self.block(parent[key], (*where, key)) if key in parent else Block()
        found: list[tuple[str, Block, Where]] = []
        for name, value in section.items():
            place = (*where, key, name)
            if NAME.fullmatch(name) is None or name.startswith("__"):
                self.fail(place, f'"{name}" is no GraphQL name')
            found.append((name, self.block(value, place), place))
        return found

    def keys(self, block: Block, where: Where, allowed: str, required: str = "") -> None:
        """Refuse keys that are not ``allowed`` and miss those that are ``required``."""
        known = {*allowed.split(), *required.split()}
        for key in block:
            if key not in known:
                self.fail((*where, key), f'unknown key "{key}"', choose(key, known))
        for key in required.split():
            if key not in block:
                self.fail(where, f'the key "{key}" is missing', f"add {key}: ...")

    def text(self, block: Block, key: str, where: Where) -> str | None:
        """A text, or None when the key is absent."""
        value = block.get(key)
        if value is not None and not isinstance(value, str):
            self.fail((*where, key), "a text is expected here", "put it in quotes")
            return None
        return value

    def identifier(self, block: Block, key: str, where: Where) -> str | None:
        """The name of a column, view or function."""
        value = self.text(block, key, where)
        if value is not None and IDENTIFIER.fullmatch(value) is None:
            self.fail((*where, key), f'"{value}" is no SQL name', "lower case, digits and _")
            return None
        return value

    def type(self, block: Block, where: Where) -> TypeText:
        """The ``type`` of a field, an argument or an operation; it must exist."""
        text = self.text(block, "type", where) or "String"
        parsed = parse_type(text)
        if parsed is None:
            self.fail((*where, "type"), f'"{text}" is no type', "like String!, or [Step!]!")
            return TypeText("String", is_list=False, required=False, element_required=False)
        known = self.known_types()
        if parsed.name not in known:
            self.fail(
                (*where, "type"), f'there is no type "{parsed.name}"', choose(parsed.name, known)
            )
        return parsed

    def section(self, name: str) -> dict[str, Any]:
        """A section of the document; empty when it is absent or no mapping."""
        value = self.document.get(name)
        return value if isinstance(value, Block) else {}

    def entry(self, section: str, name: str) -> dict[str, Any]:
        """One entry of a section; empty when it is absent or no mapping."""
        value = self.section(section).get(name)
        return value if isinstance(value, Block) else {}

    def fields(self, type_name: str) -> dict[str, Any]:
        """The fields of a type as the document has them."""
        value = self.entry("types", type_name).get("fields")
        return value if isinstance(value, Block) else {}

    def known_types(self) -> set[str]:
        """Every type name of the schema."""
        sections = (self.section(key) for key in ("scalars", "enums", "types"))
        return {*BUILT_IN_SCALARS, *(name for section in sections for name in section)}

    def is_object(self, name: str) -> bool:
        """Whether a type has fields."""
        return name in self.section("types")
