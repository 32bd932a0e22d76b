"""Steps about documents that ask for too much, and about how a server is set."""

from __future__ import annotations

import json
from typing import Any

import yaml
from pytest_bdd import given, parsers, then, when

from conform.steps.graphql import Asked

ENDLESS = {
    "sqlite": """
        CREATE VIEW {view} AS SELECT told.* FROM ({meaning}) told, (
          WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)
          SELECT count(*) AS slow FROM counted WHERE n < 0
        ) counted""",
    "postgresql": """
        CREATE OR REPLACE VIEW {view} AS
        SELECT told.* FROM ({meaning}) told, LATERAL (SELECT pg_sleep(600)) counted""",
}
MEANING = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE name = :view",
    "postgresql": "SELECT pg_get_viewdef(CAST(:view AS regclass)) AS sql",
}


@given(parsers.parse("GraphQL is served with {keys}"))
def served_with(server_keys: dict[str, Any], keys: str) -> None:
    """Keys of the section server of fraises.yaml."""
    server_keys |= yaml.safe_load(keys)


@given(parsers.parse("the view {view} has become endless"))
def endless(asked: Asked, view: str) -> None:
    """It still means the same, and takes for ever to say it."""
    scratch = asked.scratch
    meaning = scratch.row(MEANING[scratch.dialect], view=view)["sql"].strip().rstrip(";")
    if scratch.dialect == "sqlite":
        meaning = meaning.partition(" AS\n")[2] or meaning.partition(" AS ")[2]
        scratch.execute(f"DROP VIEW {view}")
    scratch.execute(ENDLESS[scratch.dialect].format(view=view, meaning=meaning))


@when(parsers.parse('GraphQL is asked for "{field}" {count:d} times in one document'))
def ask_again_and_again(asked: Asked, field: str, count: int) -> None:
    """The same field under as many names."""
    asked.post("{ " + " ".join(f"a{number}: {field}" for number in range(count)) + " }")


@when(parsers.parse('GraphQL is asked for the same "{field}" {count:d} times in one document'))
def ask_the_same(asked: Asked, field: str, count: int) -> None:
    """The same field under the same name."""
    asked.post("{ " + f"{field} " * count + "}")


@when(parsers.parse("GraphQL is asked with a query of {count:d} variables"))
def ask_at_length(asked: Asked, count: int) -> None:
    """A document that is right, but for its length: each variable is asked about."""
    variables = " ".join(f"$v{number}: Boolean = true" for number in range(count))
    used = " ".join(f"... @include(if: $v{number}) {{ __typename }}" for number in range(count))
    asked.post(f"query({variables}) {{ {used} }}")


@when(parsers.parse("GraphQL is asked with a body of {size:d} bytes"))
def ask_with_body(asked: Asked, size: int) -> None:
    """A request that is right, and padded."""
    body = json.dumps({"query": "{ __typename }"})
    headers = {"Content-Type": "application/json"}
    asked.answer = asked.server.send("POST", "/graphql", body.ljust(size), headers)


@then("there is no error")
def no_error(asked: Asked) -> None:
    """Data, and nothing beside it."""
    assert asked.response.keys() == {"data"}, asked.response


@then(parsers.parse("the HTTP status is {status:d}"))
def http_status_is(asked: Asked, status: int) -> None:
    """Whoever refused it."""
    assert asked.answer is not None
    assert asked.answer.status == status, asked.answer.text
