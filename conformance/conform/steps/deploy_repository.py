"""Steps about a repository that is not to be had."""

from __future__ import annotations

import socket

import pytest
import yaml
from pytest_bdd import given

from conform.steps.deploy import SECRET, Deploying


@given("the repository has gone")
def repository_gone(deploying: Deploying) -> None:
    """Nothing is left where the configuration says that it is."""
    origin = deploying.subject.workspace.repository.origin
    origin.rename(origin.with_name("moved-away.git"))


@given("the repository is at an address with a secret, where nobody answers")
def repository_with_secret(deploying: Deploying, request: pytest.FixtureRequest) -> None:
    """The token of a forge in the address, as many have it."""
    bound = socket.socket()  # bound but not listening: connections are refused
    request.addfinalizer(bound.close)
    bound.bind(("127.0.0.1", 0))
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    address = f"http://deployer:{SECRET}@127.0.0.1:{bound.getsockname()[1]}/shop.git"
    for fraise in document["fraises"].values():
        fraise["git"]["repository"] = address
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
