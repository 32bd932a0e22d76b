"""Steps about what the configuration adds to a deployment: hooks, smoke tests, limits."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import SECRET, Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually

NOTE = """code=$FRAISIER_ERROR_CODE
[ -n "$code" ] || code=-
echo "$FRAISIER_HOOK $FRAISIER_STATUS $code $FRAISIER_KIND" >> {notes}
"""
COMMANDS = {
    "takes a note": NOTE,
    "fails": "echo 'the hook gives up'; exit 4",
    "prints a secret and fails": f"echo 'the hook knows {SECRET}'; exit 4",
    "takes for ever": "sleep 600",
    "waits": "echo $$ > {started}; n=0\n"
    "while [ ! -e {gate} ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done",
    "succeeds": "true",
    "asks the service": 'test -n "$FRAISIER_URL"',
}


def command(deploying: Deploying, does: str) -> list[str]:
    """A command of a configuration that does this."""
    names = {name: str(path) for name, path in deploying.files.items()}
    return ["sh", "-c", COMMANDS[does].format(notes=_notes(deploying), **names)]


def configure(
    deploying: Deploying, fraise: str, environment: str | None = None, **keys: Any
) -> None:
    """Change keys of a fraise, or of one of its environments."""
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    place = document["fraises"][fraise]
    place = place["environments"][environment] if environment else place
    for key, value in keys.items():
        mapping = isinstance(value, dict) and isinstance(place.get(key), dict)
        place[key] = {**place[key], **value} if mapping else value
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


def _notes(deploying: Deploying) -> Path:
    return deploying.subject.workspace.folder / "notes"


@given(sentence('a hook "{when_}" of "{fraise}" that "{does}"'))
@when(sentence('a hook "{when_}" of "{fraise}" that "{does}" is configured'))
def a_hook(deploying: Deploying, when_: str, fraise: str, does: str) -> None:
    """`before`, `after` or `on_failure`."""
    configure(deploying, fraise, hooks={when_: [command(deploying, does)]})


@given(sentence('a hook "{when_}" of the environment "{place}" that "{does}"'))
def a_hook_of_environment(deploying: Deploying, when_: str, place: str, does: str) -> None:
    """The same for one environment alone."""
    configure(deploying, *split(place), hooks={when_: [command(deploying, does)]})


@given(sentence('the smoke test "{path}" of "{fraise}"'))
@when(sentence('the smoke test "{path}" of "{fraise}" is configured'))
def a_smoke_path(deploying: Deploying, path: str, fraise: str) -> None:
    """A path that the service must answer."""
    configure(deploying, fraise, smoke_tests=[path])


@given(sentence('a smoke test of "{fraise}" that "{does}"'))
def a_smoke_command(deploying: Deploying, fraise: str, does: str) -> None:
    """A command that must succeed."""
    configure(deploying, fraise, smoke_tests=[command(deploying, does)])


@given(sentence('a "{what}" of "{fraise}" may take {seconds:d} seconds'))
def a_limit(deploying: Deploying, what: str, fraise: str, seconds: int) -> None:
    """One of the timeouts."""
    configure(deploying, fraise, timeouts={what: seconds})


@given(sentence('the newest {count:d} releases of "{fraise}" are kept'))
def kept_releases(deploying: Deploying, count: int, fraise: str) -> None:
    """How many release folders stay."""
    configure(deploying, fraise, keep_releases=count)


@then("the hooks have noted:")
def noted(deploying: Deploying, datatable: Sequence[Sequence[str]]) -> None:
    """What each hook was told, in order."""
    notes = _notes(deploying)
    lines = notes.read_text().splitlines() if notes.exists() else []
    found = [line.split() for line in lines]
    assert [["hook", "status", "code", "kind"], *found] == [list(row) for row in datatable]


@then(sentence('the step "{step}" is "{state}"'))
def step_is(deploying: Deploying, step: str, state: str) -> None:
    """A step of the last attempt."""
    rows = [row for row in deploying.last["steps"] if row["step"] == step]
    assert rows, f"{step} is not among {deploying.last['steps']}"
    assert rows[-1]["state"] == state, rows


@then(sentence('the output of the command says "{text}"'))
def output_says(deploying: Deploying, text: str) -> None:
    """Lines of a step as they came."""
    result = deploying.result
    assert result is not None
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    told = [line["line"] for line in lines if line["event"] == "log"]
    assert any(text in line for line in told), told


@when("the hook has begun to wait")
def hook_waits(deploying: Deploying) -> None:
    """The worker is in the middle of the hook."""
    eventually(deploying.files["started"].exists, "the start of the hook")


@when("the hook may go on")
def hook_goes_on(deploying: Deploying) -> None:
    """Let this and all later hooks end."""
    deploying.files["gate"].touch()


@when("the observer is asked to end")
def ask_to_end(deploying: Deploying) -> None:
    """SIGTERM; nobody waits yet."""
    assert deploying.worker is not None
    deploying.worker.signal(signal.SIGTERM)


@then("the observer has ended well")
def ended_well(deploying: Deploying) -> None:
    """In time, with 0."""
    assert deploying.worker is not None
    assert deploying.worker.wait(20) == 0


@then(sentence("deployment {number:d} still waits"))
def still_waits(deploying: Deploying, number: int) -> None:
    """Nobody has begun it."""
    wanted = deploying.asked[number - 1]
    row = next(row for row in deploying.history() if row["id"] == wanted)
    assert row["outcome"] == "pending", row
