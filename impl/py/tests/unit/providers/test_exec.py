"""The exec protocol: what a program is told, and what becomes of all that it may say."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Environment, Fraise, FraiseConfig, HealthCheck, HealthState
from fraisier.effects.process import Stopped
from fraisier.providers.base import Control
from fraisier.providers.exec import ExecProvider

ROOT = Path(__file__).parents[5]
SCHEMA: dict[str, Any] = json.loads((ROOT / "spec/exec-provider.schema.json").read_text())
SECRET = "a-secret-of-the-provider"
PROGRAM = """
import json, os, pathlib, sys, time
request = json.loads(sys.stdin.readline())
with open("told.jsonl", "a") as file:
    file.write(json.dumps({"request": request, "environment": dict(os.environ)}) + "\\n")
exec(pathlib.Path(request["method"] + ".behaviour").read_text())
"""
RELEASE = "1.0-abcdef12"

Behave = Callable[[str, str], ExecProvider]


class World:
    """A provider whose program does what a file says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        (folder / "program.py").write_text(PROGRAM)
        self.provider = ExecProvider(folder / ".fraisier").under(
            Control("the-scope", 7, tell=self.lines.append)
        )
        releases = self.provider.release_folder(self.fraise(), RELEASE)
        releases.mkdir(parents=True)
        marker = {"version": "1.0", "git_commit": "a" * 40, "snapshot": {"variables": {"OLD": "1"}}}
        releases.with_name(f"{RELEASE}.json").write_text(json.dumps(marker))

    def fraise(self, check: HealthCheck | None = None, **target: Any) -> FraiseConfig:
        """shop/production."""
        given = {
            "command": (sys.executable, "./program.py"),
            "options": {"token": SECRET},
            **target,
        }
        variables = {"NEW": "2"}
        environment = Environment(
            "production", "exec", given, health_check=check, variables=variables
        )
        return FraiseConfig(Fraise("shop", "api"), environment, frozenset({SECRET}))

    def behave(self, method: str, code: str) -> None:
        """What the program does for a method."""
        (self.folder / f"{method}.behaviour").write_text(code)

    def say(self, method: str, *lines: object) -> None:
        """What the program says for a method, and nothing else."""
        text = "".join(
            (each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines
        )
        self.behave(method, f"sys.stdout.write({text!r})")

    def told(self) -> list[dict[str, Any]]:
        """Requests and environments, in order."""
        return [json.loads(line) for line in (self.folder / "told.jsonl").read_text().splitlines()]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A program in a folder of its own."""
    return World(tmp_path)


def test_deploy__request__is_complete_and_fits_the_schema(world: World) -> None:
    """The program is told the release with its own variables, and who asks."""
    world.say("deploy", {"result": {"message": "done"}})
    done = world.provider.deploy(world.fraise(), RELEASE)
    assert (done.success, done.version, done.message) == (True, RELEASE, "done")
    [told] = world.told()
    request = told["request"]
    _check(request, "request")
    assert (request["method"], request["release"], request["version"]) == ("deploy", RELEASE, "1.0")
    assert (request["scope"], request["fencing_token"]) == ("the-scope", 7)
    assert request["options"] == {"token": SECRET}
    assert request["variables"]["OLD"] == "1" and "NEW" not in request["variables"]
    assert request["variables"]["FRAISIER_COMMIT"] == "a" * 40
    assert list(request)[-2:] == ["options", "variables"]
    assert SECRET not in json.dumps(told["environment"])


def test_every_method__answer__is_understood(world: World) -> None:
    """Each method of a provider is one method of the protocol."""
    provider, fraise = world.provider, world.fraise()
    answers: dict[str, dict[str, Any]] = {
        "preflight": {},
        "prepare": {},
        "is_prepared": {"prepared": True},
        "rollback": {},
        "current_release": {"release": RELEASE},
        "is_running": {"running": False},
        "health_check": {"state": "degraded", "message": f"slow {SECRET}"},
        "logs": {"lines": ["one", "two \x1b[31mred", SECRET]},
        "stop": {},
        "start": {},
    }
    for method, result in answers.items():
        world.say(method, {"log": "working"}, {"progress": 50}, {"result": result})
    provider.preflight(fraise)
    provider.prepare(fraise, RELEASE)
    assert provider.is_prepared(fraise, RELEASE)
    assert provider.rollback(fraise, RELEASE)
    assert provider.current_release(fraise) == RELEASE
    assert provider.is_running(fraise) is False
    health = provider.health_check(fraise)
    assert health == (HealthState.DEGRADED, "slow ***")
    assert provider.logs(fraise, 2) == "two red\n***"
    assert provider.stop(fraise) and provider.start(fraise)
    told = [each["request"] for each in world.told()]
    assert [each["method"] for each in told] == list(answers)
    for request in told:
        _check(request, "request")
    assert world.lines[:2] == ["working", "50 %"]


def test_unsupported__methods__have_a_substitute(world: World) -> None:
    """A program needs to know no more than it wants, and nothing is taken for done."""
    provider, fraise = world.provider, world.fraise()
    for method in SCHEMA["$defs"]["method"]["enum"]:
        world.say(method, {"unsupported": True})
    provider.preflight(fraise)
    provider.prepare(fraise, RELEASE)
    assert not provider.is_prepared(fraise, RELEASE)
    assert provider.current_release(fraise) is None
    assert provider.is_running(fraise) is None
    assert provider.health_check(fraise).state is HealthState.UNKNOWN
    for act in (provider.stop, provider.start, provider.logs):
        assert _refused(lambda act=act: act(fraise)).code == "provider-failed"
    assert _refused(lambda: provider.deploy(fraise, RELEASE)).code == "provider-failed"
    world.say("is_running", {"result": {"running": True}})
    assert provider.health_check(fraise).state is HealthState.HEALTHY
    world.say("deploy", {"result": {}})
    assert provider.rollback(fraise, RELEASE)
    assert [each["request"]["method"] for each in world.told()][-2:] == ["rollback", "deploy"]


def test_health__unsupported_with_an_address__is_asked_there(world: World) -> None:
    """Fraisier looks itself when it knows where."""
    world.say("health_check", {"unsupported": True})
    check = HealthCheck(url="http://127.0.0.1:9/health", timeout_seconds=2)
    found = world.provider.health_check(world.fraise(check))
    assert found.state is HealthState.DOWN


ODD: list[tuple[list[Any], str]] = [
    ([], "has not answered"),
    ([{"log": "x"}], "has not answered"),
    ([{"result": {}}, {"result": {}}], "line 2"),
    ([{"result": {}}, {"log": "more"}], "line 2"),
    ([{"result": {}}, {"error": {"code": "provider-failed", "message": "no"}}], "line 2"),
    (["hello"], "line 1 of its answer is not JSON"),
    (["[1]"], "not a JSON object"),
    (["NaN"], "is not JSON"),
    (['{"result": ' + "[" * 100_000], "is not JSON"),
    ([{"result": {}, "log": "x"}], "exactly one"),
    ([{"restul": {}}], "exactly one"),
    ([{"log": "x", "level": "info"}], "beside"),
    ([{"result": None}], "no object"),
    ([{"result": "done"}], "no object"),
    ([{"log": 1}], "no text"),
    ([{"progress": 101}], "progress"),
    ([{"progress": True}], "progress"),
    ([{"unsupported": False}], "unsupported"),
    ([{"error": "it broke"}], "no object of code"),
    ([{"error": {"code": "provider-failed", "message": ""}}], "empty"),
    ([{"error": {"code": "x", "message": "m", "more": 1}}], "no object of code"),
    (['{"log": "' + "x" * 1_000_001 + '"}', {"result": {}}], "longer than"),
]


@pytest.mark.parametrize(("lines", "said"), ODD, ids=str)
def test_odd_answer__of_any_kind__is_told_with_its_place(
    world: World, lines: list[Any], said: str
) -> None:
    """What is no answer is provider-protocol, and says what is wrong where."""
    world.say("deploy", *lines)
    error = _refused(lambda: world.provider.deploy(world.fraise(), RELEASE))
    assert error.code == "provider-protocol"
    assert error.message.startswith("deploy: ") and said in error.message


@pytest.mark.parametrize(
    ("method", "result", "said"),
    [
        ("current_release", {}, "lacks"),
        ("current_release", {"release": 3}, "no text"),
        ("is_running", {"running": "yes"}, "neither true nor false"),
        ("health_check", {"state": "fine"}, "state"),
        ("health_check", {}, "state"),
        ("logs", {"lines": "one"}, "list of texts"),
        ("logs", {"lines": [1]}, "list of texts"),
    ],
)
def test_odd_result__of_a_method__is_told(
    world: World, method: str, result: dict[str, Any], said: str
) -> None:
    """A result must be what the method promises."""
    world.say(method, {"result": result})
    error = _refused(lambda: getattr(world.provider, method)(world.fraise()))
    assert error.code == "provider-protocol" and said in error.message


def test_bytes__that_are_no_text__are_told(world: World) -> None:
    """Invalid UTF-8 is not repaired silently."""
    world.behave("deploy", 'sys.stdout.buffer.write(b\'{"log": "\\xff"}\\n\')')
    assert _refused(lambda: world.provider.deploy(world.fraise(), RELEASE)).code == (
        "provider-protocol"
    )


def test_program__that_dies__is_told_with_its_last_lines(world: World) -> None:
    """Exit status and standard error are in the message; secrets are not."""
    world.behave("deploy", f"print('broken {SECRET}', file=sys.stderr); sys.exit(3)")
    error = _refused(lambda: world.provider.deploy(world.fraise(), RELEASE))
    assert error.code == "provider-protocol"
    assert "exit status 3" in error.message and "broken ***" in error.message
    assert world.lines == ["broken ***"]
    world.behave("deploy", "os.kill(os.getpid(), 9)")
    error = _refused(lambda: world.provider.deploy(world.fraise(), RELEASE))
    assert "SIGKILL" in error.message


def test_result__and_exit_status__must_agree(world: World) -> None:
    """A program that fails after its result has failed."""
    world.behave("stop", "print(json.dumps({'result': {}}), flush=True); sys.exit(1)")
    error = _refused(lambda: world.provider.stop(world.fraise()))
    assert error.code == "provider-protocol" and "exit status 1" in error.message


def test_error__of_the_program__keeps_its_code(world: World) -> None:
    """Known codes stay, others become provider-failed; secrets are masked."""
    known = {"code": "lease-lost", "message": f"newer {SECRET}", "hint": f"wait {SECRET}"}
    world.say("deploy", {"error": known})
    error = _refused(lambda: world.provider.deploy(world.fraise(), RELEASE))
    assert (error.code, error.message, error.hint) == ("lease-lost", "newer ***", "wait ***")
    world.say("deploy", {"error": {"code": "quota", "message": "full"}})
    error = _refused(lambda: world.provider.deploy(world.fraise(), RELEASE))
    assert (error.code, error.message) == ("provider-failed", "quota: full")


def test_program__that_hangs__is_ended(world: World) -> None:
    """Also one that has answered already; a slow look is no health."""
    code = "print(json.dumps({'result': {}}), flush=True); time.sleep(60)"
    world.behave("stop", code)
    world.behave("health_check", "time.sleep(60)")
    error = _refused(lambda: world.provider.stop(world.fraise(timeout=0.5)))
    assert error.code == "step-timeout" and error.message.startswith("stop: ")
    assert world.provider.health_check(world.fraise(timeout=0.5)).state is HealthState.DOWN


def test_program__when_asked_to_stop__is_ended(world: World) -> None:
    """A cancelled deployment does not wait for the program."""
    world.behave("deploy", "pathlib.Path('begun').touch(); time.sleep(60)")
    begun = world.folder / "begun"
    provider = world.provider.under(Control(should_stop=begun.exists))
    with pytest.raises(Stopped):
        provider.deploy(world.fraise(), RELEASE)


def test_log__lines__come_while_it_runs(world: World) -> None:
    """What a program says is shown at once, line by line, and redacted."""
    waited = threading.Event()
    gate = world.folder / "gate"
    world.behave(
        "deploy",
        f"print(json.dumps({{'log': 'first\\nsecond {SECRET}'}}), flush=True)\n"
        "while not os.path.exists('gate'): time.sleep(0.01)\n"
        "print(json.dumps({'result': {}}))",
    )

    def tell(line: str) -> None:
        world.lines.append(line)
        if line.startswith("second"):
            waited.set()
            gate.touch()

    world.provider.under(Control(tell=tell)).deploy(world.fraise(), RELEASE)
    assert waited.is_set()
    assert world.lines == ["first", "second ***"]


def test_program__that_is_not_there__is_tool_missing(world: World) -> None:
    """A wrong path is told as such."""
    fraise = world.fraise(command=("./no-such-program",))
    error = _refused(lambda: world.provider.preflight(fraise))
    assert error.code == "tool-missing" and "no-such-program" in error.message


def test_release__without_its_folder__is_refused(world: World) -> None:
    """Nothing is asked about a release that was never built."""
    error = _refused(lambda: world.provider.deploy(world.fraise(), "2.0-00000000"))
    assert error.code == "provider-failed"


def _refused(act: Callable[[], object]) -> FraisierError:
    with pytest.raises(FraisierError) as caught:
        act()
    return caught.value


def _check(value: Any, kind: str) -> None:
    schema = {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}
    validator: Any = jsonschema.Draft202012Validator(schema)
    validator.validate(value)


@pytest.mark.parametrize("fence", ["json", "text"])
def test_specification__its_examples__fit_the_schema(fence: str) -> None:
    """What spec/exec-provider.md shows is what its schema says."""
    text = (ROOT / "spec/exec-provider.md").read_text()
    [block] = re.findall(rf"^```{fence}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    shown = [json.loads(block)] if fence == "json" else [json.loads(x) for x in block.splitlines()]
    for value in shown:
        _check(value, "request" if fence == "json" else "line")
