"""Steps about a repository that is not to be had."""

from __future__ import annotations

from pytest_bdd import given

from conform.steps.deploy import Deploying


@given("the repository has gone")
def repository_gone(deploying: Deploying) -> None:
    """Nothing is left where the configuration says that it is."""
    origin = deploying.subject.workspace.repository.origin
    origin.rename(origin.with_name("moved-away.git"))
