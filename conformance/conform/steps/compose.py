"""Steps of scenarios that deploy a Compose project on a real engine: what is done."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_adversity import change_target
from conform.steps.deploy_sentences import sentence
from conform.world.compose_project import Lab
from conform.world.leftovers import belonging_to
from conform.world.waiting import eventually

CANARY = "c4nary $of a 'project\" in Compose"
TELLTALE = CANARY.partition(" ")[0]  # how it shows where quotation marks are written otherwise


@dataclass(slots=True)
class Composed:
    """What a scenario knows of its project."""

    lab: Lab
    project: str
    seen: dict[str, str] = field(default_factory=dict[str, str])  # service -> container

    def containers(self) -> dict[str, Mapping[str, Any]]:
        """Its containers by service."""
        return self.lab.containers(self.project)

    def ids(self) -> dict[str, str]:
        """Which containers there are, and since when they run."""
        found = self.containers()
        return {name: f"{each['Id']} {each['State']['StartedAt']}" for name, each in found.items()}


@pytest.fixture
def composed(deploying: Deploying) -> Generator[Composed]:
    """The project of one scenario; nothing of it stays on the engine."""
    port = deploying.subject.workspace.port()
    made = Composed(Lab.here(), f"conform-{port}")
    yield made
    deploying.subject.end()
    made.lab.clean(made.project)


@given(sentence('a Compose project "{fraise}" for "{environment}"'))
def a_project(deploying: Deploying, composed: Composed, fraise: str, environment: str) -> None:
    """A fraise whose repository holds a Compose file with two services."""
    workspace = deploying.subject.workspace
    composed.lab.install(workspace.home)
    check = {"path": "/health", "timeout": 10, "interval": 0.1}
    workspace.configure(fraise, (environment,), health_check=check)
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"][fraise]["environments"][environment]["target"] = {
        "provider": "docker-compose",
        "docker_host": composed.lab.docker_host,
        "project": composed.project,
        "env": {"PUBLISHED_PORT": str(workspace.port(fraise, environment))},
    }
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
    workspace.repository.commit_files(composed.lab.files(), "a project")


@given(sentence('"{place}" keeps {count:d} releases'))
def keeps(deploying: Deploying, place: str, count: int) -> None:
    """A key of the environment."""
    fraise, environment = split(place)
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"][fraise]["environments"][environment]["keep_releases"] = count
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence('the service "{service}" of the project has the image "{image}"'))
def has_image(deploying: Deploying, composed: Composed, service: str, image: str) -> None:
    """An image instead of a build."""
    document = yaml.safe_load(composed.lab.files()["compose.yaml"])
    document["services"][service].pop("build", None)
    document["services"][service]["image"] = image
    text = yaml.safe_dump(document)
    deploying.subject.workspace.repository.commit_files({"compose.yaml": text}, "another image")


@given("the service of the project has an image that a build server makes")
def pulled(deploying: Deploying, composed: Composed) -> None:
    """Always under the same name."""
    document = yaml.safe_load(composed.lab.files()["compose.yaml"])
    api = document["services"]["api"]
    del api["build"]
    api |= {"image": f"{composed.project}:latest", "pull_policy": "never"}
    text = yaml.safe_dump(document)
    deploying.subject.workspace.repository.commit_files({"compose.yaml": text}, "an image")


@given(sentence('the build server has made version "{version}"'))
@when(sentence('the build server has made version "{version}"'))
def made(deploying: Deploying, composed: Composed, version: str) -> None:
    """The name of the image means another one from now on."""
    composed.lab.build(f"{composed.project}:latest", version)
    deploying.commit(version)


@given(sentence('the engine of "{place}" is reached over the network'))
def over_tcp(deploying: Deploying, composed: Composed, place: str) -> None:
    """By an address instead of a socket of this machine."""
    change_target(deploying.subject, place, docker_host=composed.lab.tcp_host)


@given(sentence('"{place}" deploys the service "{service}" alone'))
def alone(deploying: Deploying, place: str, service: str) -> None:
    """The target names one service."""
    change_target(deploying.subject, place, service=service)


@given(sentence('"{place}" deploys the services "{names}"'))
def several(deploying: Deploying, place: str, names: str) -> None:
    """The target names these services, and no longer those that it named before."""
    change_target(deploying.subject, place, services=names.split(", "))


@given(sentence('the project has a service "{service}" too'))
def one_more(deploying: Deploying, composed: Composed, service: str) -> None:
    """Nothing depends on it."""
    document = yaml.safe_load(composed.lab.files()["compose.yaml"])
    document["services"][service] = document["services"]["cache"] | {"pull_policy": "never"}
    text = yaml.safe_dump(document)
    deploying.subject.workspace.repository.commit_files({"compose.yaml": text}, "one more")


@given(sentence('the project has a service "{service}" that ends before the others start'))
def comes_first(deploying: Deploying, composed: Composed, service: str) -> None:
    """As a migration does; it is of the release, too."""
    document = yaml.safe_load(composed.lab.files()["compose.yaml"])
    ends = {"build": ".", "entrypoint": ["true"], "healthcheck": {"disable": True}}
    document["services"][service] = ends
    document["services"]["api"]["depends_on"] = {
        service: {"condition": "service_completed_successfully"},
        "cache": {"condition": "service_started"},
    }
    text = yaml.safe_dump(document)
    deploying.subject.workspace.repository.commit_files({"compose.yaml": text}, "comes first")


@given(sentence('"{place}" has a secret variable'))
def secret_variable(deploying: Deploying, place: str) -> None:
    """With everything in it that a shell or a file of variables could trip over."""
    port = deploying.subject.workspace.port(*split(place))
    # In fraises.yaml a dollar sign is one; only ${NAME} is replaced.
    env = {"PUBLISHED_PORT": str(port), "API_TOKEN": CANARY}
    change_target(deploying.subject, place, env=env)


@given("its containers are remembered")
@when("its containers are remembered")
def remember(composed: Composed) -> None:
    """To be compared with later ones."""
    composed.seen = composed.ids()


@when("the observer has let Compose begin")
def compose_begins(deploying: Deploying) -> None:
    """The worker is in the middle of `docker compose up`."""
    folder = deploying.subject.workspace.folder

    def found() -> bool:
        return any("up" in _words(pid) for pid in belonging_to(folder))

    eventually(found, "docker compose up")


@when("the server ends as when it is restarted")
def restart(deploying: Deploying) -> None:
    """SIGTERM; another one is started by the next step."""
    assert deploying.server is not None
    os.kill(deploying.server.pid, signal.SIGTERM)
    deploying.server.running.wait(40)


@then("the whole project is still the one that was remembered")
def unchanged(composed: Composed) -> None:
    """No container was made, removed or started again."""
    assert composed.ids() == composed.seen


def _words(pid: int) -> list[str]:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
    return words if "compose" in words else []
