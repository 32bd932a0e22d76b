"""Reading YAML so that every key knows its line, and no key is there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml

from schema_compiler.errors import Finding, SchemaError

if TYPE_CHECKING:
    from pathlib import Path


class Block(dict[str, Any]):
    """A YAML mapping; ``lines`` has the line of each key, ``line`` its own."""

    line: int = 0
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    path: Path


def _construct_block(loader: _Loader, node: yaml.MappingNode) -> Block:
    block = Block()
    block.line = node.start_mark.line + 1
    block.lines = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in block:
            finding = Finding(loader.path, line, key, "this key is here twice", "keep one of them")
            raise SchemaError([finding])
        block[key] = cast(Any, loader).construct_object(value_node, deep=True)
        block.lines[key] = line
    return block


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_block)


def load(path: Path) -> Block:
    """
    Read the schema.

    Raises:
        SchemaError: The file is not YAML, has a key twice, or is no mapping.
    """
    loader = _Loader(path.read_text(encoding="utf-8"))
    loader.path = path
    try:
        document = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SchemaError([Finding(path, line, "YAML", str(error.problem))]) from error
    finally:
        cast(Any, loader).dispose()
    if not isinstance(document, Block):
        raise SchemaError([Finding(path, 1, "document", "a mapping is expected here")])
    return document
