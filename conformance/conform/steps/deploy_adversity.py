"""Steps about programs that misbehave, and about a configuration that changes."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.world.service import APP
from conform.world.subject import Subject
from conform.world.waiting import eventually

BUILDS = {
    "leaves a daemon behind": """#!/bin/sh
setsid sh -c 'echo $$ > {pid}; exec sleep 600' &
until [ -s {pid} ]; do sleep 0.05; done
""",
    "waits for its input": "#!/bin/sh\ncat\n",
    "prints binary output and fails": "#!/bin/sh\nprintf 'a\\000b\\377\\033[31mc\\n'\nexit 3\n",
    "prints a million lines": "#!/bin/sh\nyes | head -n 1000000\n",
}

SERVICES = {
    # The parent ends at once, the child holds the port in a session of its own.
    "goes into the background": APP.replace(
        'print("service", VERSION, "starts", flush=True)\n',
        "if os.fork():\n    os._exit(0)\nos.setsid()\n",
    ),
    # One byte now and then, for ever.
    "answers one byte at a time": APP.replace(
        '    if path == "/health":\n',
        '    while path == "/health":\n'
        '        client.sendall(b"H"); time.sleep(0.2)\n'
        '    if path == "/never":\n',
    ),
    "redirects to an answer": APP.replace(
        '    if path == "/health":\n',
        '    if path == "/health":\n'
        '        answer(client, 302, {}, "Location: /version")\n'
        '    elif path == "/never":\n',
    ),
    "prints binary output and ends": "import sys\n"
    "sys.stdout.buffer.write(b'a\\0b\\xff\\x1b[31mc\\n'); sys.stdout.flush(); sys.exit(3)\n",
}


@given(sentence('the next build "{does}"'))
def odd_build(deploying: Deploying, does: str) -> None:
    """A build that is no model of a build."""
    pid = deploying.subject.workspace.folder / "daemon.pid"
    deploying.script(BUILDS[does].replace("{pid}", str(pid)))


@given("the build is not executable any more")
def build_without_permission(deploying: Deploying) -> None:
    """As on a file system without permissions."""
    (deploying.subject.workspace.repository.copy / "build.sh").chmod(0o644)


@given(sentence('version "{version}" that "{does}" is committed'))
def odd_service(deploying: Deploying, version: str, does: str) -> None:
    """A version whose program misbehaves."""
    deploying.subject.workspace.repository.commit_files({"app.py": SERVICES[does]}, does)
    deploying.commit(version)


@given(sentence('version "{version}" with the usual program is committed'))
@when(sentence('version "{version}" with the usual program is committed'))
def usual_service(deploying: Deploying, version: str) -> None:
    """A version whose program is a model again."""
    deploying.subject.workspace.repository.commit_files({"app.py": APP}, "usual")
    deploying.commit(version)


@given(sentence('a stranger listens on the port of "{place}"'), target_fixture="stranger")
def stranger(deploying: Deploying, place: str) -> Iterator[socket.socket]:
    """A program that has nothing to do with Fraisier has the port."""
    with socket.create_server(("127.0.0.1", deploying.subject.workspace.port(*split(place)))) as s:
        yield s


@given(sentence('"{place}" gets another port, where a stranger listens'))
def moved_to_stranger(deploying: Deploying, place: str, request: pytest.FixtureRequest) -> None:
    """The configuration changes while the service runs."""
    taken = socket.create_server(("127.0.0.1", 0))
    request.addfinalizer(taken.close)
    change_target(deploying.subject, place, port=taken.getsockname()[1])


@given(sentence('"{place}" is started by a program that does not exist'))
@when(sentence('"{place}" gets a program that does not exist'))
def no_such_command(deploying: Deploying, place: str) -> None:
    """The command is no program."""
    change_target(deploying.subject, place, command=["no-such-program-here"])


@when(sentence('the configuration gives "{place}" the variable "{name}"'))
def add_variable(deploying: Deploying, place: str, name: str) -> None:
    """Write fraises.yaml while something runs."""
    change_target(deploying.subject, place, env={name: "a value"})


@when("the configuration becomes invalid")
def invalid(deploying: Deploying) -> None:
    """A misspelt key."""
    config = deploying.subject.workspace.config
    shutil.copy(config, config.with_name("valid.yaml"))
    config.write_text(config.read_text().replace("branch_mapping:", "branch_maping:"))


@when("the observer says that the configuration is invalid")
def told_invalid(deploying: Deploying) -> None:
    """A line of its log."""
    eventually(lambda: _complaints(deploying), "a line about branch_maping")


@then("the observer has said so once")
def told_once(deploying: Deploying) -> None:
    """Not at every look."""
    assert _complaints(deploying) == 1, deploying.worker and deploying.worker.lines


@then("the daemon of the build is gone")
def daemon_gone(deploying: Deploying) -> None:
    """Nothing that a build starts outlives it."""
    pid = int((deploying.subject.workspace.folder / "daemon.pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@then(sentence('the last lines of the service are kept, with "{text}" in them'))
def last_lines(deploying: Deploying, text: str) -> None:
    """They tell at 3 am what went wrong."""
    rows = deploying.subject.scratch.rows("SELECT details FROM tb_deployment ORDER BY 1")
    assert any(text in str(row) for row in rows), f"the details are {rows}"


def _complaints(deploying: Deploying) -> int:
    assert deploying.worker is not None
    return sum("branch_maping" in line for line in deploying.worker.lines)


def change_target(subject: Subject, place: str, **keys: object) -> None:
    """Change keys of an environment's target in fraises.yaml."""
    fraise, environment = split(place)
    workspace = subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"][fraise]["environments"][environment]["target"].update(keys)
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@when(sentence('the push of version "{version}" reaches the server'))
def push_arrives(deploying: Deploying, version: str) -> None:
    """As GitHub sends it."""
    server, workspace = deploying.server, deploying.subject.workspace
    assert server is not None
    answer = server.post_webhook(workspace.push_event(commit=deploying.commits[version]))
    deploying.answer = answer.text
    assert answer.status in (200, 202), f"the push was answered {answer.status}: {answer.text}"


@then(sentence('the push is ignored because of "{reason}"'))
def push_ignored(deploying: Deploying, reason: str) -> None:
    """The answer says why nothing is deployed."""
    assert f'"{reason}"' in deploying.answer, deploying.answer


@when(sentence('"{place}" is deployed by a command that follows the observer'))
def follow(deploying: Deploying, place: str) -> None:
    """A command beside the scenario; without an observer it would do the work itself."""
    here = "SELECT 1 FROM v_worker WHERE alive"
    eventually(lambda: deploying.subject.scratch.rows(here), "an observer that is there", 30)
    deploying.follower = deploying.subject.spawn("deploy", *split(place), "--json")


@then(sentence("the following command ends with {status:d}"))
def follower_ends(deploying: Deploying, status: int) -> None:
    """It finished the deployment itself."""
    assert deploying.follower is not None
    assert deploying.follower.wait(60) == status, deploying.follower.lines


@when("the configuration is valid again")
def valid(deploying: Deploying) -> None:
    """The misspelt key is mended."""
    config = deploying.subject.workspace.config
    config.with_name("valid.yaml").replace(config)
