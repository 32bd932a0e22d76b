"""Steps that ask a server the questions of the public audit of GraphQL over HTTP."""

from __future__ import annotations

import pytest
from pytest_bdd import parsers, then, when

from conform.steps.graphql import Asked
from conform.world.audit import Finding, audit


@pytest.fixture
def findings() -> list[Finding]:
    """What the scenario's audit found."""
    return []


@when("the public audit asks all of its questions")
def ask_all(asked: Asked, findings: list[Finding]) -> None:
    """Sixty requests by Node, some of them wrong on purpose."""
    findings += audit(asked.server.url + "/graphql")


@then(parsers.parse("at least {count:d} answers are as the specification has them"))
def all_right(findings: list[Finding], count: int) -> None:
    """None fails, be it a MUST, a SHOULD or a MAY."""
    wrong = [found for found in findings if found.status != "ok"]
    assert not wrong, "\n".join(f"{f.status} {f.id} {f.name}: {f.reason}" for f in wrong)
    assert len(findings) >= count, f"only {len(findings)} questions were asked"
