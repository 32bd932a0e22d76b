"""Names and type texts: ``currentVersion``, ``current_version``, ``[Environment!]!``."""

from __future__ import annotations

import re
from typing import NamedTuple

BUILT_IN_SCALARS = ("Boolean", "Float", "ID", "Int", "String")
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
_TYPE = re.compile(r"(?:\[(?P<element>\w+)(?P<required>!)?\]|(?P<name>\w+))(?P<outer>!)?")
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


class TypeText(NamedTuple):
    """A GraphQL type: a name, or one list of it."""

    name: str
    is_list: bool
    required: bool
    element_required: bool


def parse_type(text: str) -> TypeText | None:
    """Read ``Name``, ``Name!``, ``[Name!]!``; None when it is none of these."""
    match = _TYPE.fullmatch(text)
    if match is None:
        return None
    element = match["element"]
    return TypeText(
        name=element or match["name"],
        is_list=element is not None,
        required=match["outer"] is not None,
        element_required=match["required"] is not None,
    )


def snake_case(name: str) -> str:
    """``deploymentHistory`` -> ``deployment_history``."""
    return _CAPITAL.sub(lambda match: "_" + match[1], name).lower()
