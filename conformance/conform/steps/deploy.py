"""Steps of scenarios that deploy a real service: what there is, and what is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, when

from conform.steps.deploy_sentences import sentence
from conform.world.processes import Running
from conform.world.server import Server
from conform.world.subject import Result, Subject
from conform.world.waiting import eventually

# Waits for a file, but not for ever: a build that nobody lets go on ends by itself.
WAITING_BUILD = """#!/bin/sh
echo "build of $FRAISIER_COMMIT waits"
echo $$ > {started}
n=0
while [ ! -e {gate} ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
echo "$FRAISIER_COMMIT" >> {built}
"""
COUNTING_BUILD = '#!/bin/sh\necho "$FRAISIER_COMMIT" >> {built}\n'
FAILING_BUILD = '#!/bin/sh\necho "the compiler is {token}" >&2\nexit 3\n'
SECRET = "s3cr3t-of-the-build"


@dataclass(slots=True)
class Deploying:
    """What a scenario knows of its deployments."""

    subject: Subject
    commits: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])
    result: Result | None = None
    last: Mapping[str, Any] = field(default_factory=dict[str, Any])
    server: Server | None = None
    worker: Running | None = None
    follower: Running | None = None
    frozen: Running | None = None
    before: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    answer: str = ""

    @property
    def files(self) -> dict[str, Path]:
        """Files outside of the repository, by which builds and scenarios talk."""
        folder = self.subject.workspace.folder
        return {name: folder / f"build-{name}" for name in ("started", "gate", "built")}

    def commit(self, version: str, behaviour: str = "ok", branch: str = "main") -> None:
        """Commit a version and remember its id."""
        self.commits[version] = self.subject.workspace.repository.commit(version, behaviour, branch)

    def script(self, text: str) -> None:
        """Make this the build of the next commits."""
        names = {name: str(path) for name, path in self.files.items()}
        files = {"build.sh": text.format(**names, token=SECRET)}
        self.subject.workspace.repository.commit_files(files, "build")

    def run(self, *arguments: str) -> Result:
        """Run a command that deploys; remember how it ended."""
        self.result = self.subject.cli(*arguments, "--json")
        lines = [json.loads(line) for line in self.result.stdout.splitlines() if line[:1] == "{"]
        if lines and lines[-1].get("deployment"):
            self.last = lines[-1]["deployment"]
        return self.result

    def request(self, *arguments: str) -> str:
        """Queue a deployment without waiting for it; its id."""
        done = self.run("deploy", *arguments, "--no-wait")
        assert done.exit == 0, f"the request was refused: {done.stdout} {done.stderr}"
        self.asked.append(str(self.last["id"]))
        return self.asked[-1]

    def history(self) -> list[Mapping[str, Any]]:
        """The deployments, newest first."""
        return self.subject.cli("history", "--limit", "50", "--json").json()["deployments"]

    def ended(self, deployment_id: str, seconds: float = 40.0) -> Mapping[str, Any]:
        """The history's row of a deployment, once it has ended."""

        def over() -> bool:  # asked of the database: a command every moment costs a processor
            query = "SELECT status FROM tb_deployment WHERE id = :id"
            status = self.subject.scratch.row(query, id=deployment_id)["status"]
            return status not in ("pending", "in_progress")

        eventually(over, f"the end of deployment {deployment_id}", seconds)
        return next(row for row in self.history() if row["id"] == deployment_id)

    def kill(self, worker: Running) -> None:
        """SIGKILL. A build that waits dies with whoever ran it."""
        # Read first: somebody else may soon begin the next build.
        started = self.files["started"]
        pid = started.read_text().strip() if started.exists() else ""
        worker.kill()
        if pid:
            process = Path("/proc", pid)
            eventually(lambda: not process.exists(), "the end of the build", 10)

    def built(self) -> list[str]:
        """The commits whose build ended, in order."""
        path = self.files["built"]
        return path.read_text().split() if path.exists() else []


def split(place: str) -> tuple[str, str]:
    """``shop/production`` in two."""
    fraise, _, environment = place.partition("/")
    return fraise, environment


@pytest.fixture
def deploying(implementation: Subject) -> Deploying:
    """The deployments of one scenario."""
    return Deploying(implementation)


@given(sentence('a service "{fraise}" for "{environments}"'))
def a_service(deploying: Deploying, fraise: str, environments: str) -> None:
    """A fraise with its environments; the first one follows the branch main."""
    names = tuple(environments.split(", "))
    branches = {"main" if n == 0 else name: name for n, name in enumerate(names)}
    check = {"path": "/health", "timeout": 4, "interval": 0.1}
    deploying.subject.workspace.configure(fraise, names, branches, health_check=check)


@given(sentence('a worker "{fraise}" without a health check'))
def a_worker(deploying: Deploying, fraise: str) -> None:
    """A fraise of type worker: no port, no health check."""
    deploying.subject.workspace.configure(fraise, program="worker.py")


@given(sentence('version "{version}" is committed'))
@when(sentence('version "{version}" is committed'))
def committed(deploying: Deploying, version: str) -> None:
    """A healthy version on main."""
    deploying.commit(version)


@given(sentence('version "{version}" is committed on branch "{branch}"'))
@when(sentence('version "{version}" is committed on branch "{branch}"'))
def committed_on(deploying: Deploying, version: str, branch: str) -> None:
    """A healthy version on another branch."""
    deploying.commit(version, branch=branch)


@given(sentence('version "{version}" that is "{behaviour}" is committed'))
@when(sentence('version "{version}" that is "{behaviour}" is committed'))
def committed_bad(deploying: Deploying, version: str, behaviour: str) -> None:
    """A version that does not work."""
    deploying.commit(version, behaviour)


@given(sentence('version "{version}" tagged "{tag}" is committed'))
def committed_tag(deploying: Deploying, version: str, tag: str) -> None:
    """A healthy version with a tag."""
    deploying.commit(version)
    deploying.subject.workspace.repository.tag(tag)


@given(sentence('version "{version}" is deployed to "{place}"'))
def deployed(deploying: Deploying, version: str, place: str) -> None:
    """A healthy version serves already."""
    deploying.commit(version)
    done = deploying.run("deploy", *split(place))
    assert done.exit == 0, f"{version} cannot be deployed: {done.stdout} {done.stderr}"


@given("builds are counted")
def counted_build(deploying: Deploying) -> None:
    """Every build that ends writes its commit down."""
    deploying.script(COUNTING_BUILD)


@given("the next builds wait")
def waiting_build(deploying: Deploying) -> None:
    """Builds go on when the scenario says so."""
    deploying.script(WAITING_BUILD)


@given("the next builds fail and print a secret")
def failing_build(deploying: Deploying) -> None:
    """Builds end with an error, after printing a declared secret."""
    text = deploying.subject.workspace.config.read_text()
    target = "provider: local\n"
    assert target in text
    indent = next(ln for ln in text.splitlines() if "provider: local" in ln).split("p")[0]
    secret = f"{target}{indent}env:\n{indent}  API_TOKEN: {SECRET}\n"
    deploying.subject.workspace.write_config(text.replace(target, secret))
    deploying.script(FAILING_BUILD)


@given(sentence("an observer with a lease of {seconds:d} seconds"))
@when(sentence("an observer with a lease of {seconds:d} seconds starts"))
def an_observer(deploying: Deploying, seconds: int) -> None:
    """An observer beside the scenario."""
    lease = ("--lease-seconds", str(seconds))
    deploying.worker = deploying.subject.spawn("observe", *lease, "--json")


@given("a server with its observer")
@when("a server with its observer starts")
def a_server(deploying: Deploying) -> None:
    """The whole implementation."""
    deploying.server = deploying.subject.serve()


@when(sentence('"{place}" is deployed'))
def deploy(deploying: Deploying, place: str) -> None:
    """Deploy and wait for the end."""
    deploying.run("deploy", *split(place))


@when(sentence('"{place}" is deployed with "{options}"'))
def deploy_with(deploying: Deploying, place: str, options: str) -> None:
    """Deploy with options; <V> stands for the commit of version V."""
    words = [deploying.commits.get(word.strip("<>"), word) for word in options.split()]
    deploying.run("deploy", *split(place), *words)


@when(sentence('a deployment of "{place}" is requested'))
def request(deploying: Deploying, place: str) -> None:
    """Queue a deployment and go on."""
    deploying.request(*split(place))


@when(sentence('"{place}" is rolled back'))
def rollback(deploying: Deploying, place: str) -> None:
    """Roll back to the release before."""
    deploying.run("rollback", *split(place))


@when(sentence('"{place}" is rolled back to "{version}"'))
def rollback_to(deploying: Deploying, place: str, version: str) -> None:
    """Roll back to a named release; a committed version stands for its commit."""
    deploying.run("rollback", *split(place), "--to", deploying.commits.get(version, version))


@when("the build has begun to wait")
def build_waits(deploying: Deploying) -> None:
    """The worker is in the middle of the build."""
    eventually(deploying.files["started"].exists, "the start of the build")


@when("the build may go on")
def build_goes_on(deploying: Deploying) -> None:
    """Let this and all later builds end."""
    deploying.files["gate"].touch()


@when("the deployment is cancelled")
def cancel(deploying: Deploying) -> None:
    """Cancel the deployment that was requested last."""
    deploying.result = deploying.subject.cli("cancel", deploying.asked[-1], "--json")


@when("the observer is killed")
def kill_observer(deploying: Deploying) -> None:
    """SIGKILL."""
    assert deploying.worker is not None
    deploying.kill(deploying.worker)


@when("the server is killed")
def kill_server(deploying: Deploying) -> None:
    """SIGKILL, to the server alone."""
    assert deploying.server is not None
    deploying.kill(deploying.server.running)


@when("the lease runs out")
def age_lease(deploying: Deploying) -> None:
    """As if the lease time had passed."""
    past = "2020-01-01T00:00:00.000Z"
    deploying.subject.scratch.execute(f"UPDATE tb_lease SET expires_at = '{past}'")


@when(sentence('the observer has begun the step "{step}"'))
def observer_in_step(deploying: Deploying, step: str) -> None:
    """The observer says so itself."""
    assert deploying.worker is not None
    deploying.worker.wait_for_event(event="step", step=step, state="started")
