"""Steps about a service outside of a deployment, and about Fraisier as a service."""

from __future__ import annotations

import os
import signal
from typing import Any

import httpx
import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually


@when(sentence('the service of "{place}" is asked for "{command}"'))
def ask_service(deploying: Deploying, place: str, command: str) -> None:
    """`logs`, `health`, `stop` or `start`."""
    deploying.result = deploying.subject.cli(command, *split(place), "--json")


@when(sentence('the process of "{place}" is killed'))
def kill_service(deploying: Deploying, place: str) -> None:
    """SIGKILL to the service, behind Fraisier's back."""
    url = f"http://127.0.0.1:{deploying.subject.workspace.port(*split(place))}/version"
    os.kill(int(httpx.get(url, trust_env=False).json()["pid"]), signal.SIGKILL)


@then(sentence('the answer has "{key}" with "{text}" in it'))
def answer_has(deploying: Deploying, key: str, text: str) -> None:
    """One key of the JSON document."""
    assert deploying.result is not None
    found = deploying.result.json()
    assert text in str(found[key]), f"{key} is {found[key]!r}"


@then(sentence('the service of "{place}" sees the variable "{name}"'))
def sees(deploying: Deploying, place: str, name: str) -> None:
    """It was told."""
    assert name in deploying.subject.workspace.service_environment(*split(place))


@then(sentence('the service of "{place}" does not see the variable "{name}"'))
def does_not_see(deploying: Deploying, place: str, name: str) -> None:
    """It was not told."""
    assert name not in deploying.subject.workspace.service_environment(*split(place))


@then(sentence('the step "{name}" has recorded the way out that was told'))
def recorded_way_out(deploying: Deploying, name: str) -> None:
    """The hint of the command's error is in the record, for who was not there."""
    assert deploying.result is not None
    told = deploying.result.lines()[-1]["error"]["hint"]
    [step] = [each for each in deploying.last["steps"] if each["step"] == name]
    assert told and step["detail"]["hint"] == told, (told, step)


@given("Fraisier is a fraise of its own")
def fraisier_itself(deploying: Deploying) -> None:
    """A fraise whose command is the implementation's own server, on this database."""
    subject, workspace = deploying.subject, deploying.subject.workspace
    workspace.configure("fraisier", health_check={"path": "/health", "timeout": 15})
    document: dict[str, Any] = yaml.safe_load(workspace.config.read_text())
    port = workspace.port("fraisier")
    target = document["fraises"]["fraisier"]["environments"]["production"]["target"]
    target["command"] = [*subject.manifest.cli, "serve", "--port", str(port)]
    target["env"] = {
        "FRAISIER_CONFIG": str(workspace.config),
        "FRAISIER_DATABASE_URL": subject.scratch.url,
        "PYTHONPATH": "",
    }
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
    deploying.commit("1.0")


@then("Fraisier answers as a service")
def fraisier_answers(deploying: Deploying) -> None:
    """The API of the deployed server."""
    url = f"http://127.0.0.1:{deploying.subject.workspace.port('fraisier')}/health"
    answer = eventually(lambda: _get(url), "an answer of the deployed server")
    assert answer is not None
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def _get(url: str) -> httpx.Response | None:
    try:
        return httpx.get(url, trust_env=False, timeout=5)
    except httpx.HTTPError:
        return None
