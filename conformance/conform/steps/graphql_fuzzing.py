"""Steps that ask GraphQL what nobody thought of; every answer is judged by the schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pytest_bdd import parsers, then, when

from conform.fuzzing.world import contents, populate
from conform.oracle import Exchange, judge
from conform.steps.graphql import Asked
from conform.world.server import Answer

if TYPE_CHECKING:
    from conform.fuzzing.graphql import Outcome

SEED = 20_260_101


@pytest.fixture
def outcomes() -> list[Outcome]:
    """What came of the scenario's requests."""
    return []


@when(parsers.parse("GraphQL is asked {count:d} {kind} made from its schema"))
def ask_much(asked: Asked, outcomes: list[Outcome], count: int, kind: str) -> None:
    """Right ones, and some that are broken in one place."""
    from conform.fuzzing.graphql import explore  # with Hypothesis, which takes its time to load

    populate(asked.scratch)
    before = contents(asked.scratch)
    kinds = ["query"] if kind == "queries" else ["query", "mutation"]
    outcomes.append(explore(lambda body: _ask(asked, body), count, SEED, kinds))
    assert kind != "queries" or contents(asked.scratch) == before, "a query has changed a table"


def _ask(asked: Asked, body: dict[str, object]) -> tuple[Answer, list[str]]:
    answer = asked.server.post("/graphql", body)
    kind = answer.headers.get("content-type", "")
    text = json.dumps(body)
    exchange = Exchange("POST", "/graphql", text, answer.status, answer.text, kind)
    return answer, judge().problems(exchange)


@then(parsers.parse("every answer fits, and at least {count:d} have data"))
def all_fit(outcomes: list[Outcome], count: int) -> None:
    """No server error, and nothing that breaks the schema."""
    outcome = outcomes[-1]
    assert not outcome.violation, outcome.violation
    assert outcome.executed >= count, outcome.codes
