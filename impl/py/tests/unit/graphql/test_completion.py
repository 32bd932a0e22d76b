"""Nulls where the schema promises a value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fraisier.api.graphql.completion import NullViolationError, Suspicion, complete
from fraisier.api.graphql.documents import Documents
from fraisier.api.graphql.schema import CompiledSchema
from fraisier.api.graphql.selection import Collector, Selected

from .conftest import compiled_schema


def _selected(document: str) -> Selected:
    schema = CompiledSchema.from_plan(compiled_schema())
    prepared = Documents(schema).prepare(document, None)
    collector = Collector(schema, prepared, {})
    root = collector.roots(prepared.operation.selection_set)[0]
    return collector.select(root.key, schema.queries[root.name].field, root.nodes)


def test_complete__null_in_a_required_list__goes_up_to_data() -> None:
    """fraises is [Fraise!]!: one fraise without a name leaves nothing."""
    errors: list[dict[str, Any]] = []
    value = [{"name": "a", "description": None}, {"name": None, "description": None}]
    with pytest.raises(NullViolationError):
        complete(value, _selected("{ fraises { name description } }"), ("fraises",), errors)
    assert [error["path"] for error in errors] == [["fraises", 1, "name"]]


def test_complete__null_below_a_nullable_field__stops_there() -> None:
    """fraise is nullable: it becomes null, with an error that says where."""
    errors: list[dict[str, Any]] = []
    selected = _selected('{ fraise(name: "a") { environments { status } } }')
    value = {"environments": [{"status": None}]}
    assert complete(value, selected, ("fraise",), errors) is None
    assert errors[0]["path"] == ["fraise", "environments", 0, "status"]
    assert errors[0]["locations"]


@pytest.mark.parametrize(
    ("value", "suspicious"),
    [
        ([{"name": "a", "description": None}], False),
        ([{"name": None, "description": "d"}], True),
        ([None], True),
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", " : ")])
def test_suspicion__null__is_seen_only_where_it_matters(
    value: Any, suspicious: bool, separators: tuple[str, str]
) -> None:
    """Legitimate nulls do not send a response the slow way, in either database's spelling."""
    suspicion = Suspicion(_selected("{ fraises { name description } }"))
    assert suspicion.finds(json.dumps(value, separators=separators)) is suspicious


def test_suspicion__null_inside_a_text__is_not_taken_for_a_field() -> None:
    """A text that spells an innocent null does not hide a real one."""
    suspicion = Suspicion(_selected("{ fraises { name description } }"))
    value = [{"name": None, "description": '"description":null'}]
    assert suspicion.finds(json.dumps(value, separators=(",", ":")))
