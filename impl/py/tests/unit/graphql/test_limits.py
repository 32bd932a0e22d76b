"""What an answer costs is known before anything is asked of the database."""

from __future__ import annotations

from typing import Any

import pytest
from fraisier.api.graphql.documents import Documents
from fraisier.api.graphql.failures import RequestRefusedError
from fraisier.api.graphql.limits import cost_of
from fraisier.api.graphql.schema import CompiledSchema
from fraisier.config import GraphqlSettings, ServerSettings
from graphql import get_introspection_query

from .conftest import compiled_schema

SCHEMA = CompiledSchema.from_plan(compiled_schema())


def cost(text: str, **variables: Any) -> int:
    """The cost of the document's one operation."""
    prepared = Documents(SCHEMA).prepare(text, None)
    return cost_of(prepared.operation, prepared.fragments, SCHEMA).value(variables)


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ __typename }", {}, 1),
        ('{ fraise(name: "a") { name type } }', {}, 3),
        ("{ deployments(limit: 3) { id } }", {}, 4),
        ("{ deployments { id fraise } }", {}, 41),
        ("{ deployments(limit: null) { id } }", {}, 21),
        ("{ deployments(limit: 2000) { id } }", {}, 1001),
        ("{ deployments(limit: -5) { id } }", {}, 1),
        ("query($n: Int) { deployments(limit: $n) { id } }", {"n": 7}, 8),
        ("query($n: Int) { deployments(limit: $n) { id } }", {"n": None}, 21),
        ("query($n: Int) { deployments(limit: $n) { steps { id } } }", {"n": 2}, 23),
        ("query($n: Int) { fraises { deploymentHistory(limit: $n) { id } } }", {"n": 2}, 31),
        ("{ ...A ...A } fragment A on Query { fraises { id ... { name } } }", {}, 42),
        ("{ __schema { types { name } } }", {}, 12),
    ],
)
def test_cost_of__document__counts_values(
    text: str, variables: dict[str, Any], expected: int
) -> None:
    """A field is one; a list is as many as its limit says, or ten."""
    assert cost(text, **variables) == expected


def test_cost_of__introspection_of_tools__is_allowed() -> None:
    """What GraphiQL and code generators send is well below the default."""
    assert cost(get_introspection_query(input_value_deprecation=True)) < 100_000


def test_coerce__variable_asks_for_too_much__is_refused() -> None:
    """The same document is allowed with one value and refused with another."""
    settings = ServerSettings(graphql=GraphqlSettings(complexity=100))
    text = "query($n: Int) { deployments(limit: $n) { id } }"
    prepared = Documents(SCHEMA, lambda: settings).prepare(text, None)
    assert prepared.coerce({"n": 99}) == {"n": 99}
    with pytest.raises(RequestRefusedError) as caught:
        prepared.coerce({"n": 100})
    assert caught.value.errors[0]["extensions"]["code"] == "graphql-too-complex"


def test_check_size__fragments__count_where_they_are_spread() -> None:
    """Levels cannot be hidden in fragments."""
    settings = ServerSettings(graphql=GraphqlSettings(depth=2))
    deep = (
        "{ fraises { ...A } } fragment A on Fraise { ...B }"
        " fragment B on Fraise { environments { name } }"
    )
    with pytest.raises(RequestRefusedError) as caught:
        Documents(SCHEMA, lambda: settings).prepare(deep, None)
    assert caught.value.errors[0]["extensions"]["code"] == "graphql-too-deep"
