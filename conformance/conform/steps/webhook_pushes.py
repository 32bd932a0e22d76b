"""Steps of scenarios in which a developer really pushes, and the forge's hook tells of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.surroundings import environment
from conform.world.git_forge import GitForge, git_forge
from conform.world.waiting import eventually


@pytest.fixture
def hosted(deploying: Deploying) -> Iterator[GitForge]:
    """A forge that takes pushes, for the repository of the scenario."""
    with git_forge(deploying.subject.workspace.repository.origin) as forge:
        yield forge


@given("the repository is at a forge that takes pushes and tells of them")
def at_a_forge(deploying: Deploying, hosted: GitForge) -> None:
    """Developer and deployments both reach the repository over HTTP only."""
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    for fraise in document["fraises"].values():
        fraise["git"]["repository"] = hosted.address
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
    _git(deploying, "remote", "set-url", "origin", hosted.address)


@given("its webhooks go to the server")
def told(deploying: Deploying, hosted: GitForge) -> None:
    """The address and secret of the webhook, as its owner enters them."""
    assert deploying.server is not None, "no server is running"
    hosted.tell(f"{deploying.server.url}/webhook", deploying.subject.workspace.secret)


@when("the webhooks of the forge are lost")
def lost(hosted: GitForge) -> None:
    """From now on nobody is told of pushes."""
    hosted.tell("", "")


@when(sentence('version "{version}" is pushed'))
def push_version(deploying: Deploying, version: str) -> None:
    """`git push` of a new commit of main."""
    deploying.commit(version)


@when(sentence('version "{version}" is pushed to "{branch}"'))
def push_version_to(deploying: Deploying, version: str, branch: str) -> None:
    """`git push` of a new commit of another branch."""
    deploying.commit(version, branch=branch)


@when(sentence('the tag "{name}" is pushed'))
def push_tag(deploying: Deploying, name: str) -> None:
    """An annotated tag of the newest commit."""
    _git(deploying, "tag", "--annotate", "--message", name, name)
    _git(deploying, "push", "--quiet", "origin", f"refs/tags/{name}")


@when(sentence('the branch "{name}" is deleted'))
def delete_branch(deploying: Deploying, name: str) -> None:
    """`git push --delete`."""
    _git(deploying, "push", "--quiet", "origin", "--delete", f"refs/heads/{name}")


@then("the forge was answered:")
def answered(hosted: GitForge, datatable: Sequence[Sequence[str]]) -> None:
    """Reference, status, and what the receiver made of it; in order."""
    found = [
        [each["ref"], str(each["status"]), _outcome(json.loads(each["answer"]))]
        for each in hosted.answers
    ]
    assert [["ref", "status", "outcome"], *found] == [list(row) for row in datatable]


def _outcome(answer: dict[str, str]) -> str:
    return answer.get("reason") or answer["status"]


@then(sentence('the commit of "{version}" runs in "{place}"'))
def runs(deploying: Deploying, version: str, place: str) -> None:
    """The service says so, and so does the record of a deployment by the webhook."""
    workspace = deploying.subject.workspace
    eventually(lambda: workspace.served_version(*split(place)) == version, f"{version} runs", 60)
    fraise, environment_name = split(place)

    def recorded() -> bool:
        newest = deploying.history()[0]
        return newest["outcome"] == "success"

    eventually(recorded, "the record of the deployment", 60)
    newest = deploying.history()[0]
    assert (newest["fraise"], newest["environment"]) == (fraise, environment_name)
    assert newest["git_commit"] == deploying.commits[version]
    assert (newest["triggered_by"], newest["actor"]) == ("WEBHOOK", "alice")


def _git(deploying: Deploying, *arguments: str) -> None:
    workspace = deploying.subject.workspace
    subprocess.run(
        ["git", *arguments],
        cwd=workspace.repository.copy,
        env=environment(workspace.folder),
        check=True,
        capture_output=True,
    )
