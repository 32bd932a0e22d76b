"""Steps about what is wrong with a Compose project, its engine or its tools."""

from __future__ import annotations

import os
from pathlib import Path

import yaml
from pytest_bdd import given, when

from conform.steps.compose import Composed
from conform.steps.deploy import Deploying, split
from conform.steps.deploy_adversity import change_target
from conform.steps.deploy_sentences import sentence

FILES = {
    "does not exist": "no-such.yaml",
    "is outside of the repository": "outside.yaml",
}


@given("the Compose file is broken")
def broken_file(deploying: Deploying) -> None:
    """A key that no service has."""
    files = {"compose.yaml": "services: {api: {imag: nothing}}\n"}
    deploying.subject.workspace.repository.commit_files(files, "broken")


@given("the Compose file asks for a variable that nobody sets")
def missing_variable(deploying: Deploying, composed: Composed) -> None:
    """Compose itself refuses it."""
    text = composed.lab.files()["compose.yaml"]
    files = {"compose.yaml": text.replace("${FRAISIER_VERSION}", "${NOBODY:?is not set}")}
    deploying.subject.workspace.repository.commit_files(files, "asks for more")


@given(sentence('the Compose file of "{place}" {fault}'))
def wrong_file(deploying: Deploying, composed: Composed, place: str, fault: str) -> None:
    """The target names another file."""
    repository = deploying.subject.workspace.repository
    outside = deploying.subject.workspace.folder / "outside.yaml"
    outside.write_text(composed.lab.files()["compose.yaml"])
    (repository.copy / "outside.yaml").symlink_to(outside)
    repository.commit_files({}, "a link")
    change_target(deploying.subject, place, file=FILES[fault])


@given(sentence('the engine of "{place}" does not answer'))
@when(sentence('the engine of "{place}" does not answer any more'))
def no_engine(deploying: Deploying, place: str) -> None:
    """Nobody listens there."""
    change_target(deploying.subject, place, docker_host="unix:///nobody/docker.sock")


@when("somebody removes the images of its releases")
def prune(deploying: Deploying, composed: Composed) -> None:
    """As a careless clean-up of the engine does."""
    used = {each["Config"]["Image"] for each in composed.containers().values()}
    images = [image for image in composed.lab.images(composed.project) if image not in used]
    assert images, "there are no images of older releases"
    composed.lab.docker("image", "rm", *images)


@given(sentence('a fraise of the provider "{provider}" where there is no docker'))
def no_docker(deploying: Deploying, provider: str) -> None:
    """The provider is known, its tool is not here."""
    workspace = deploying.subject.workspace
    workspace.configure("shop")
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"]["shop"]["environments"]["production"]["target"] = {"provider": provider}
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@when(sentence('"{place}" is deployed without docker'))
def deploy_without(deploying: Deploying, place: str) -> None:
    """All programs are on the path but for docker."""
    folder = deploying.subject.workspace.folder / "programs"
    folder.mkdir()
    for path in reversed(deploying.subject.environment()["PATH"].split(os.pathsep)):
        for program in Path(path).glob("[!.]*"):
            if not program.name.startswith("docker"):
                link = folder / program.name
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    arguments = ("deploy", *split(place), "--json")
    deploying.result = deploying.subject.cli(*arguments, env={"PATH": str(folder)})
