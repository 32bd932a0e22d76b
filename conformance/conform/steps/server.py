"""Steps about a server as such: starting, paths, health, metrics, stopping."""

from __future__ import annotations

from pathlib import Path

import httpx
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import Workspace

# Waits for a file, but not for ever: whoever would make it may be gone.
SLOW_BUILD = """#!/bin/sh
touch {mark}
n=0
while [ ! -e {mark}-over ] && [ $n -lt 1200 ]; do sleep 0.05; n=$((n + 1)); done
"""


@given("a registry of one fraise")
def registry(workspace: Workspace) -> None:
    """One fraise with one environment."""
    workspace.configure()


@given("a server with an observer is running")
def server_with_observer(implementation: Subject, happened: Happened) -> None:
    """The server and the observer that comes with it."""
    happened.server = implementation.serve(observer=True)


@when(parsers.parse('{method} "{path}" is sent'))
def send(happened: Happened, method: str, path: str) -> None:
    """One request without a body."""
    assert happened.server is not None, "no server is running"
    happened.answer = happened.server.send(method, path)


def build_has_begun(workspace: Workspace) -> Path:
    """The file that says so."""
    return workspace.folder / "build-has-begun"


@when("a deployment that sleeps has begun")
def slow_deployment(implementation: Subject, workspace: Workspace) -> None:
    """The observer is in the middle of a build that waits until it may go on."""
    mark = build_has_begun(workspace)
    workspace.repository.commit("1.0")
    workspace.repository.commit_files({"build.sh": SLOW_BUILD.format(mark=mark)}, "slow build")
    asked = implementation.cli("deploy", "shop", "production", "--no-wait", "--json")
    assert asked.exit == 0, asked.stdout + asked.stderr
    eventually(mark.exists, "the build begins", 60)


@then("the server answers /health at once, again and again")
def health_at_once(happened: Happened) -> None:
    """Fifty times."""
    assert happened.server is not None, "no server is running"
    answers = [happened.server.get("/health").status for _ in range(50)]
    assert answers == [200] * 50


@then("the build has not gone on meanwhile")
def build_is_held(implementation: Subject, workspace: Workspace) -> None:
    """It may not yet; from now on it may."""
    row = implementation.scratch.row("SELECT status FROM tb_deployment")
    assert row["status"] == "in_progress", "the deployment ended before it was let go on"
    Path(f"{build_has_begun(workspace)}-over").touch()


@when("the server is asked to stop")
def ask_to_stop(happened: Happened) -> None:
    """SIGTERM."""
    assert happened.server is not None, "no server is running"
    happened.server.stop()


@then("it has stopped with status 0 and one line on standard output")
def stopped_well(happened: Happened) -> None:
    """It ended by itself, and never wrote anything but its URL."""
    assert happened.server is not None
    running = happened.server.running
    assert running.exit == 0, running.tail()
    assert len(running.lines) == 1, running.lines


@then("two servers run on two ports")
def two_servers(implementation: Subject, happened: Happened) -> None:
    """Port 0 means that each picks a free one."""
    assert happened.server is not None
    other = implementation.serve(observer=False)
    assert other.url != happened.server.url
    assert other.get("/health").status == happened.server.get("/health").status == 200


@then(parsers.parse('the header "{name}" is "{value}"'))
def header_is(happened: Happened, name: str, value: str) -> None:
    """A header of the last response, exactly."""
    headers = {key.lower(): text for key, text in happened.response.headers.items()}
    assert headers.get(name.lower()) == value, headers


@then(parsers.parse("the metrics have the line `{line}`"))
def metrics_line(happened: Happened, line: str) -> None:
    """The line is there as it is."""
    assert line in happened.response.text.splitlines(), happened.response.text


@then(parsers.parse('the response does not mention "{text}"'))
def not_mentioned(happened: Happened, text: str) -> None:
    """Nothing of it appears in the body."""
    assert text not in happened.response.text


@then(parsers.parse('the server does not start and says "{code}"'))
def does_not_start(implementation: Subject, code: str) -> None:
    """A command that ends at once with the error's exit status and code."""
    done = implementation.cli("serve", "--port", "0", "--no-observer", "--json", timeout=20)
    assert done.exit != 0
    assert done.json()["error"]["code"] == code, done.stdout


@given("the webhook secret is too short")
def weak_secret(workspace: Workspace) -> None:
    """A registry whose secret protects nothing."""
    text = workspace.config.read_text().replace(workspace.secret, "short")
    workspace.write_config(text)


@then("it is refused as a client's error with a code")
def client_error(happened: Happened) -> None:
    """A status of 4xx, and the JSON of every other failure."""
    assert 400 <= happened.response.status < 500, happened.response.text
    assert happened.response.json()["error"]["code"]


@when(parsers.parse("a header of {size:d} KiB is sent to {path}"))
def send_large_header(happened: Happened, size: int, path: str) -> None:
    """A request that is nearly all header; the server may hang up on it."""
    assert happened.server is not None, "no server is running"
    happened.answer = None
    try:
        happened.answer = happened.server.get(path, {"X-Filler": "x" * (size * 1024)})
    except httpx.TransportError as error:
        assert not isinstance(error, httpx.TimeoutException), "it neither answers nor hangs up"


@then("it is refused as a client's error or without an answer")
def refused_or_hung_up(happened: Happened) -> None:
    """Never 200, never 5xx."""
    if happened.answer is not None:
        client_error(happened)


@when("the server is killed and started anew")
def restart(implementation: Subject, happened: Happened) -> None:
    """SIGKILL, then another server on the same database."""
    assert happened.server is not None, "no server is running"
    happened.server.kill()
    happened.server = implementation.serve(observer=False)
