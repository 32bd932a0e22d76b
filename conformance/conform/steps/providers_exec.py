"""Steps about a provider that is a program: what it is told, and what becomes of its answers."""

from __future__ import annotations

import json
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pytest_bdd import given, then, when

from conform.places import checkout
from conform.steps.deploy import SECRET, Deploying
from conform.steps.deploy_sentences import sentence
from conform.world.exec_program import ExecProgram
from conform.world.waiting import eventually


@pytest.fixture
def program(deploying: Deploying) -> ExecProgram:
    """The provider program of the scenario."""
    return ExecProgram(deploying.subject.workspace.folder)


@cache
def _validator(kind: str) -> Any:
    document = json.loads((checkout() / "spec/exec-provider.schema.json").read_text())
    schema = {"$ref": f"#/$defs/{kind}", "$defs": document["$defs"]}
    return jsonschema.Draft202012Validator(schema)


@given(sentence('a service "{fraise}" for "{environment}" whose provider is a program'))
def exec_service(deploying: Deploying, program: ExecProgram, fraise: str, environment: str) -> None:
    """A fraise of the provider ``exec``, with options and variables that hold a secret."""
    check = {"path": "/health", "timeout": 3, "interval": 0.1}
    workspace = deploying.subject.workspace
    workspace.configure(fraise, (environment,), health_check=check)
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"][fraise]["environments"][environment]["target"] = {
        "provider": "exec",
        "command": program.command,
        "timeout": 20,
        "options": {"region": "here", "api_token": SECRET, "deep": {"list": [1, True, None]}},
        "variables": {"API_TOKEN": SECRET, "COLOUR": "blue"},
    }
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence("each call may take {seconds:d} second"))
def call_timeout(deploying: Deploying, seconds: int) -> None:
    """Another ``target.timeout``."""
    workspace = deploying.subject.workspace
    text = workspace.config.read_text()
    assert "timeout: 20" in text
    workspace.write_config(text.replace("timeout: 20", f"timeout: {seconds}"))


@given(sentence('the program does "{behaviour}" when it is asked for "{method}"'))
@when(sentence('the program does "{behaviour}" when it is asked for "{method}"'))
def behave(program: ExecProgram, behaviour: str, method: str) -> None:
    """From now on."""
    program.behave(method, behaviour)


@when("the program waits")
def program_waits(program: ExecProgram) -> None:
    """It has been asked, and has not answered."""
    eventually(lambda: program.waiting, "the program that waits")


@when("the program may go on")
def program_goes_on(program: ExecProgram) -> None:
    """Whoever waited answers now."""
    program.open_gate()


@then("the program that waited is gone")
def program_gone(program: ExecProgram) -> None:
    """It does not outlive the worker that asked it."""
    process = Path("/proc", str(program.waiting))
    eventually(lambda: not process.exists(), "the end of the program", 10)


@then(sentence("the program was asked to deploy {number:d} times, each with a higher token"))
def asked_again(program: ExecProgram, number: int) -> None:
    """A worker that takes over has a token above that of the one before."""
    tokens = [call["request"]["fencing_token"] for call in program.told("deploy")]
    assert len(tokens) == number and tokens == sorted(set(tokens)), tokens
    assert program.state["token"] == tokens[-1], program.state


@then(sentence('the program was asked for "{methods}" in this order'))
def asked_in_order(program: ExecProgram, methods: str) -> None:
    """Of these methods; what an implementation asks in between is its own affair."""
    wanted = methods.split(", ")
    asked = [call["request"]["method"] for call in program.told(*wanted)]
    assert [method for method, _ in groupby(asked)] == wanted, asked


@then("every request was one line that fits the schema of the protocol")
def requests_fit(program: ExecProgram) -> None:
    """Nothing is missing, and nothing is there that the protocol does not know."""
    calls = program.told()
    assert calls, "the program was never asked"
    for call in calls:
        problems = [p.message for p in _validator("request").iter_errors(call["request"])]
        assert not problems, f"{problems} in {call['request']}"
        assert call["lines"] == 1, "a request is one line"


@then(sentence('"{method}" was about version "{version}" and its files'))
def about_version(deploying: Deploying, program: ExecProgram, method: str, version: str) -> None:
    """The last such call: commit, release folder with the built files, options, variables."""
    call = program.told(method)[-1]
    request = call["request"]
    assert request["commit"] == deploying.commits[version]
    assert call["built"] == version, f"the release folder holds {call['built']}"
    assert request["fraise"] == "shop" and request["environment"] == "production"
    assert request["options"]["deep"] == {"list": [1, True, None]}
    assert request["variables"]["COLOUR"] == "blue"
    assert request["variables"]["FRAISIER_COMMIT"] == deploying.commits[version]
    assert request["health_check"]["path"] == "/health"


@then("the fencing token has grown within one scope")
def token_grows(program: ExecProgram) -> None:
    """Each deployment has a higher token than the one before, for the same environment."""
    requests = [call["request"] for call in program.told("deploy")]
    tokens = [request["fencing_token"] for request in requests]
    assert len(tokens) > 1 and tokens == sorted(set(tokens)), tokens
    assert len({request["scope"] for request in requests}) == 1
    assert requests[0]["scope"]


@then(sentence('the program keeps version "{version}"'))
def keeps(program: ExecProgram, version: str) -> None:
    """What serves, by the target itself."""
    assert program.state["version"] == version, program.state


@then(sentence('the program was never asked for "{method}"'))
def never_asked(program: ExecProgram, method: str) -> None:
    """Not even once."""
    assert program.told(method) == []


@then("the secret was told on standard input alone")
def secret_on_stdin(program: ExecProgram) -> None:
    """It is in the options, and neither in the environment nor in an argument."""
    calls = program.told()
    assert calls and all(c["request"]["options"]["api_token"] == SECRET for c in calls)
    for call in calls:
        assert SECRET not in json.dumps([call["environment"], call["argv"]])
        assert not [name for name in call["environment"] if name.startswith("FRAISIER")]


@then(sentence("the service of the program is running: {state}"))
def running(program: ExecProgram, state: str) -> None:
    """yes or no."""
    assert program.state["running"] == (state == "yes"), program.state
