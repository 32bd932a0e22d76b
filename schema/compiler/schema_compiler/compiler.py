"""The whole way: read, check against scratch databases, render the three files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from schema_compiler.engine import intermediate_schema
from schema_compiler.errors import SchemaError
from schema_compiler.plan import compile_file
from schema_compiler.scratch import open_scratches
from schema_compiler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def compile_schema(
    root: Path, *, postgresql_url: str | None, say: Callable[[str], None]
) -> dict[str, str]:
    """
    Names of the files of ``schema/compiled`` and their texts.

    The texts depend on ``schema.yaml`` alone. PostgreSQL is checked when a URL is
    given; without one, ``say`` gets a line about it.

    Raises:
        SchemaError: The schema is wrong, or binds something that ``db/`` has not.
    """
    plan, reader = compile_file(root / "schema" / "schema.yaml")
    with open_scratches(root / "db", postgresql_url, say) as scratches:
        for scratch in scratches:
            verify(plan, reader, scratch)
    if reader.findings:
        raise SchemaError(reader.findings)
    return {
        "CompiledSchema.json": _json(plan),
        "schema.graphql": plan["sdl"],
        "fraiseql.json": _json(intermediate_schema(plan)),
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def write_files(root: Path, compiled: dict[str, str]) -> None:
    """Write what :func:`compile_schema` gave."""
    folder = root / "schema" / "compiled"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in compiled.items():
        (folder / name).write_text(text, encoding="utf-8")


def stale_files(root: Path, compiled: dict[str, str]) -> list[Path]:
    """Files whose text on disk is another one, or missing."""
    folder = root / "schema" / "compiled"
    return [
        folder / name
        for name, text in compiled.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
