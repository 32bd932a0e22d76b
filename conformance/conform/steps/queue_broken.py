"""Steps about a fleet of which one version does not live."""

from __future__ import annotations

from pytest_bdd import given, then, when

from conform.steps.deploy_sentences import sentence
from conform.steps.queue_many import Crowd
from conform.world.fleet import FRAISE


@given("version 1 of the fleet is deployed")
def first(crowd: Crowd) -> None:
    """It lives."""
    crowd.fleet.commit()
    done = crowd.subject.cli("deploy", FRAISE, crowd.fleet.environments[0], "--json")
    assert done.exit == 0, done.stdout


@when("a broken version of the fleet is deployed")
def broken(crowd: Crowd) -> None:
    """It ends at once, while the address of its health check answers well."""
    crowd.fleet.commit(broken=True)
    crowd.subject.cli("deploy", FRAISE, crowd.fleet.environments[0], "--json")


@then(sentence('the last deployment of the fleet ended as "{outcome}"'))
def ended(crowd: Crowd, outcome: str) -> None:
    """The history says so."""
    rows = crowd.subject.cli("history", "--json").json()["deployments"]
    assert rows[0]["outcome"] == outcome, rows[0]
