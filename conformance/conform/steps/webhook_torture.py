"""Steps of scenarios in which many clients deliver at once, and not all of them mean well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from pytest_bdd import parsers, then, when

from conform.steps.asking import Happened
from conform.torture.health import NONE_SECONDS
from conform.torture.hostile import GROWTH_MIB_MAX, Numbers, Siege, attack
from conform.torture.storm import Outcome, Plan, weather
from conform.world.subject import Subject

SLOW_SECONDS = 4.0


@dataclass(slots=True)
class Tortured:
    """What came of it."""

    stack: ExitStack
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    sieges: list[Siege] = field(default_factory=list[Siege])


@pytest.fixture
def tortured() -> Iterator[Tortured]:
    """One scenario's storm or siege."""
    with ExitStack() as stack:
        yield Tortured(stack)


@when(
    parsers.parse(
        "{pushes:d} pushes of {branches:d} branches come through {connections:d} connections"
        " while the server is killed {kills:d} times"
    )
)
def storm(
    tortured: Tortured,
    implementation: Subject,
    pushes: int,
    branches: int,
    connections: int,
    kills: int,
) -> None:
    """Each branch is one environment's; who got no answer sends again."""
    plan = Plan(pushes, connections, kills, branches)
    outcome = Outcome(plan, implementation.scratch.dialect)
    weather(plan, implementation, outcome, tortured.stack)
    assert (outcome.kills, outcome.repeated > 0) == (kills, True), outcome.line()
    tortured.outcomes.append(outcome)


@then("every push was accepted, and is stored once with its deployment")
def stored_once(tortured: Tortured) -> None:
    """Also in the order in which the sender can know it."""
    assert [outcome.lost for outcome in tortured.outcomes] == [[]]


@then("each environment serves its newest push")
def newest_serves(tortured: Tortured) -> None:
    """The record, the service's own marks and the event log say the same."""
    assert [outcome.stale for outcome in tortured.outcomes] == [[]]


@when(
    parsers.parse(
        "bodies of {mib:d} MiB, {slow:d} slow connections and {wrong:d} wrong signatures come"
    )
)
def siege(
    tortured: Tortured,
    implementation: Subject,
    happened: Happened,
    mib: int,
    slow: int,
    wrong: int,
) -> None:
    """One after another, while somebody asks /health."""
    assert happened.server is not None, "no server is running"
    numbers = Numbers(wrong=wrong, slow=slow, huge_mib=mib, seconds=SLOW_SECONDS)
    found = Siege(implementation.scratch.dialect)
    asyncio.run(attack(numbers, implementation, happened.server, found))
    tortured.sieges.append(found)


@then(parsers.parse("the server's memory is within {mib:d} MiB of what it was"))
def memory_as_before(tortured: Tortured, mib: int) -> None:
    """All processes of the server together, once they have come to rest."""
    assert mib == GROWTH_MIB_MAX
    for found in tortured.sieges:
        assert found.after_mib - found.before_mib <= mib, found.line()


@then("none of it was accepted, and nothing is stored")
def nothing_taken(tortured: Tortured) -> None:
    """Every answer is a refusal, and none is a fault of the server."""
    for found in tortured.sieges:
        assert (found.stored, found.taken()) == (0, []), found.line()


@then("health was answered with 200 all the time")
def healthy(tortured: Tortured) -> None:
    """How fast is for `make torture` to judge, on a machine of its own."""
    for found in tortured.sieges:
        assert any(part.health for part in found.parts), found.line()
        assert all(max(part.health, default=0.0) < NONE_SECONDS for part in found.parts)
