"""Many requests of GraphQL, each answer judged by the schema alone."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import GraphQLSchema, StringValueNode, build_schema
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from conform.fuzzing.documents import Body, request
from conform.places import checkout
from conform.world.server import Answer

KINDS = ("query", "mutation")
SCALARS = ("DateTime", "JSON")

Ask = Callable[[Body], tuple[Answer, list[str]]]


@dataclass(slots=True)
class Outcome:
    """What was sent and what came back; ``violation`` is the smallest request that fails."""

    requests: int = 0
    seconds: float = 0.0
    codes: Counter[str] = field(default_factory=Counter[str])
    violation: str | None = None

    @property
    def executed(self) -> int:
        """The requests that were answered with data."""
        return self.codes["data"]

    def note(self, answer: Answer) -> None:
        """Count an answer by its first code."""
        response: Any = json.loads(answer.text)
        errors: Any = response.get("errors") or ([response["error"]] if "error" in response else [])
        if response.get("data") is not None:
            self.codes["data"] += 1
        for error in errors[:1]:
            self.codes[str((error.get("extensions") or error).get("code"))] += 1


def fuzz(ask: Ask, count: int, number: int, kinds: Sequence[str] = KINDS) -> Outcome:
    """
    Send ``count`` requests that the seed ``number`` decides, up to the first one whose
    answer is wrong.
    """
    schema, outcome = _schema(), Outcome()
    started = time.monotonic()
    for index in range(count):
        body = request(schema, Random(f"{number} {index}"), kinds)
        outcome.violation = _judged(ask, body, outcome)
        if outcome.violation:
            break
    outcome.seconds = time.monotonic() - started
    return outcome


def explore(ask: Ask, count: int, number: int, kinds: Sequence[str] = KINDS) -> Outcome:
    """
    The same with hypothesis, which finds the smallest request that fails, and with documents
    as schemathesis makes them among them.
    """
    outcome = Outcome()
    started = time.monotonic()

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        verbosity=Verbosity.quiet,
    )
    @given(_bodies(_schema(), kinds))
    def judged(body: Body) -> None:
        violation = _judged(ask, body, outcome)
        assert not violation, violation

    try:
        judged()
    except AssertionError as error:
        outcome.violation = str(error)
    outcome.seconds = time.monotonic() - started
    return outcome


# What no request may bring about: a fault of the server, or of what it asks the database.
FAULTS = ("internal", "database-outdated", "database-unavailable")


def _judged(ask: Ask, body: Body, outcome: Outcome) -> str | None:
    answer, problems = ask(body)
    outcome.requests += 1
    problems = [
        *problems,
        *(f"{code}, which nobody asked for" for code in FAULTS if f'"{code}"' in answer.text),
    ]
    if problems:
        return f"{problems}\n{json.dumps(body)}\n{answer.status} {answer.text[:2000]}"
    outcome.note(answer)
    return None


def _bodies(schema: GraphQLSchema, kinds: Sequence[str]) -> Any:
    from hypothesis_graphql import mutations, queries

    scalars: Any = {name: st.builds(StringValueNode, value=st.text()) for name in SCALARS}
    foreign = {"query": queries, "mutation": mutations}
    alien: Any = st.one_of(*(foreign[kind](schema, custom_scalars=scalars) for kind in kinds))
    own = st.randoms(use_true_random=False).map(lambda chance: request(schema, chance, kinds))
    return st.one_of(own, own, alien.map(_body))


def _body(text: str) -> Body:
    return {"query": text}


def _schema() -> GraphQLSchema:
    return build_schema((checkout() / "schema/compiled/schema.graphql").read_text())
