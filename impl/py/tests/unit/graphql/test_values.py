"""Values of clients: what each type takes, and literals with variables in them."""

from __future__ import annotations

from typing import Any

import pytest
from fraisier.api.graphql.failures import RequestRefusedError
from fraisier.api.graphql.schema import CompiledSchema
from fraisier.api.graphql.values import Variable, literal
from graphql import parse, parse_value

from .conftest import compiled_schema

SCHEMA = CompiledSchema.from_plan(compiled_schema())


def read(kind: str, value: Any) -> Any:
    """A variable of this type with this value."""
    definition: Any = parse(f"query($v: {kind}) {{ a }}").definitions[0]
    into: dict[str, Any] = {}
    Variable(definition.variable_definitions[0], SCHEMA).read({"v": value}, into)
    return into["v"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("Int", 4.0, 4),
        ("Float", 4, 4.0),
        ("ID", 4, "4"),
        ("ID", 4.0, "4"),
        ("[Int!]", 3, [3]),
        ("[Int]", [1, None], [1, None]),
        ("WebhookProvider", "GITHUB", "GITHUB"),
        ("DateTime", "2026-01-31T23:59:60.5+01:00", "2026-01-31T23:59:60.5+01:00"),
        ("DateTime", None, None),
        ("JSON", {"a": [1, None, True]}, {"a": [1, None, True]}),
    ],
)
def test_read__value_that_fits__is_coerced(kind: str, value: Any, expected: Any) -> None:
    """As the specification says for input coercion."""
    found = read(kind, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Int", "4"),
        ("Int", 4.5),
        ("Int", True),
        ("Int", 2**31),
        ("Float", "1"),
        ("Float", 10**400),
        ("String", 4),
        ("Boolean", 1),
        ("ID", 4.5),
        ("ID", True),
        ("[Int!]", [None]),
        ("[Int!]!", None),
        ("WebhookProvider", "github"),
        ("DateTime", "2026-01-01"),
        ("DateTime", "2026-13-01T00:00:00Z"),
        ("DateTime", "2026-01-01T00:00:00"),
        ("DateTime", 1767225600),
    ],
)
def test_read__value_that_does_not_fit__is_refused(kind: str, value: Any) -> None:
    """Nothing is guessed."""
    with pytest.raises(RequestRefusedError) as caught:
        read(kind, value)
    assert caught.value.errors[0]["extensions"]["code"] == "graphql-bad-variables"


def test_literal__with_variables__has_their_values() -> None:
    """JSON may hold them at any depth; an absent one is null."""
    node: Any = parse_value('{a: [$x, 1.5, "t", RED], b: {c: $y, d: null, e: true}}')
    expected = {"a": [7, 1.5, "t", "RED"], "b": {"c": None, "d": None, "e": True}}
    assert literal(node, {"x": 7}) == expected
