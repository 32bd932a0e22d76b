"""Steps about registries and the commands that a user types."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml
from pytest_bdd import given, parsers, then, when

from conform.places import checkout
from conform.steps.asking import Happened, at
from conform.world.subject import Subject
from conform.world.workspace import Workspace

SECRET = "correct-horse-battery"
REGISTRIES = {"product document": "fraises.example.yaml", "short": "scenarios/config/short.yaml"}


class Typed:
    """The last command line, and the variables that commands run with."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.variables: dict[str, str | None] = {"FRAISIER_WEBHOOK_SECRET": SECRET}

    @property
    def as_json(self) -> bool:
        """Whether machine-readable output was asked for."""
        return "--json" in self.words


@pytest.fixture
def typed() -> Typed:
    """What the user types in this scenario."""
    return Typed()


@cache
def specification(name: str) -> Mapping[str, Any]:
    """A document of ``spec/``."""
    return yaml.safe_load((checkout() / "spec" / name).read_text(encoding="utf-8"))


@given(parsers.re(r"the registry of the (?P<name>product document|short form)"))
def example_registry(workspace: Workspace, name: str) -> None:
    """``fraises.yaml`` is an example of one of the two documents, unchanged."""
    path = REGISTRIES[name.removesuffix(" form")]
    workspace.write_config((checkout() / path).read_text(encoding="utf-8"))


@given("a registry of one service")
def service_registry(workspace: Workspace) -> None:
    """``fraises.yaml`` has shop/production, a real service of a real repository."""
    workspace.configure()
    workspace.repository.commit("1.0")


@given("the registry:")
def written_registry(workspace: Workspace, docstring: str) -> None:
    """``fraises.yaml`` is this text."""
    workspace.write_config(docstring + "\n")


@given(parsers.re(r"the registry says `(?P<new>[^`]*)` instead of `(?P<old>[^`]*)`"))
def changed_registry(workspace: Workspace, new: str, old: str) -> None:
    """One text of ``fraises.yaml`` is another one, where it occurs first."""
    text = workspace.config.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in the registry"
    workspace.write_config(text.replace(old, new, 1))


@given(parsers.re(r"there is no registry"))
def no_registry(workspace: Workspace, typed: Typed) -> None:
    """Neither a file nor a variable that names one."""
    workspace.config.unlink(missing_ok=True)
    typed.variables["FRAISIER_CONFIG"] = None


@given(parsers.re(r'the variable (?P<name>\w+) is "(?P<value>[^"]*)"'))
def variable(typed: Typed, name: str, value: str) -> None:
    """Commands run with this environment variable."""
    typed.variables[name] = value


@given(parsers.re(r"the variable (?P<name>\w+) is not set"))
def unset_variable(typed: Typed, name: str) -> None:
    """Commands run without this environment variable."""
    typed.variables[name] = None


@given(parsers.re(r"the file (?P<name>\S+) holds `(?P<text>[^`]*)`"))
def written_file(workspace: Workspace, name: str, text: str) -> None:
    """A file of the folder that commands run in."""
    path = workspace.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@given(parsers.re(r"the user ran `(?P<line>[^`]*)`"))
@when(parsers.re(r"the user runs `(?P<line>[^`]*)`"))
def type_command(implementation: Subject, happened: Happened, typed: Typed, line: str) -> None:
    """Run a command line, without the program's name."""
    typed.words = shlex.split(line)
    happened.result = implementation.cli(*typed.words, env=typed.variables)


@then("it succeeds")
def succeeds(happened: Happened) -> None:
    """Exit status 0 and no complaint."""
    command = happened.command
    assert command.exit == 0, f"{command.exit}: {command.stdout}{command.stderr}"
    assert "error[" not in command.stderr, command.stderr


@then(parsers.re(r'it is refused as "(?P<code>[^"]+)"'))
def is_refused(happened: Happened, typed: Typed, code: str) -> None:
    """The failure has this code, the exit status of the code, and the form of all failures."""
    command = happened.command
    status = specification("errors.yaml")["codes"][code]["exit"]
    assert command.exit == status, f"{command.exit}: {command.stdout}{command.stderr}"
    error = failure(happened, typed)
    assert error["code"] == code, error
    assert "Traceback" not in command.stdout + command.stderr


@then(parsers.re(r'the place is "(?P<place>[^"]*)"'))
def has_place(happened: Happened, typed: Typed, place: str) -> None:
    """The failure names file, line and path."""
    found = failure(happened, typed)["at"]
    assert Path(found.partition(":")[0]).name + found[found.index(":") :] == place, found


@then(parsers.re(r"the hint is (?P<hint>.+)"))
def has_hint(happened: Happened, typed: Typed, hint: str) -> None:
    """The failure says the way out; a word in quotes is what was meant."""
    assert hint in str(failure(happened, typed)["hint"])


@then(parsers.re(r"it names (?P<number>\d+) problems"))
def names_problems(happened: Happened, number: str) -> None:
    """Every problem of the file is reported, not only the first."""
    assert len(at(happened.command.json(), "error.problems")) == int(number)


@then("the output is:")
def output_is(happened: Happened, docstring: str) -> None:
    """Standard output is exactly this text."""
    assert happened.command.stdout.rstrip("\n") == docstring


@then(parsers.re(r"the output (?P<verb>has|lacks) `(?P<text>[^`]*)`"))
def output_has(happened: Happened, verb: str, text: str) -> None:
    """The text is, or is not, somewhere on standard output."""
    assert (text in happened.command.stdout) == (verb == "has"), happened.command.stdout


@then(parsers.re(r"the complaint lacks `(?P<text>[^`]*)`"))
def complaint_lacks(happened: Happened, text: str) -> None:
    """The text is nowhere on standard error."""
    assert text not in happened.command.stderr, happened.command.stderr


@then(parsers.re(r'the JSON fits "(?P<name>[^"]+)"'))
def json_fits(happened: Happened, name: str) -> None:
    """The document, or each line of a stream, fits its schema in ``spec/cli.yaml``."""
    cli = specification("cli.yaml")
    command = cli["commands"][name]
    schema = {**command["json"], "definitions": cli["definitions"]}
    documents = happened.command.lines() if command.get("stream") else [happened.command.json()]
    assert documents, "nothing was printed"
    for document in documents:
        check(document, schema)
    assert not command.get("stream") or documents[-1]["event"] == "result"


@then(parsers.re(r"the JSON has (?P<value>.+) at (?P<path>\S+)"))
def json_has(happened: Happened, value: str, path: str) -> None:
    """The document has this value at a dotted path."""
    assert at(happened.command.json(), path) == json.loads(value), happened.command.stdout


@then(parsers.re(r"the folder has (?P<what>no database|the file \S+)"))
def folder_has(workspace: Workspace, what: str) -> None:
    """A file is there, or nothing of Fraisier's own."""
    if what == "no database":
        assert not (workspace.folder / ".fraisier").exists()
    else:
        assert (workspace.folder / what.removeprefix("the file ")).is_file()


@then(parsers.re(r"the file (?P<name>\S+) still holds `(?P<text>[^`]*)`"))
def file_holds(workspace: Workspace, name: str, text: str) -> None:
    """A file was not touched."""
    assert (workspace.folder / name).read_text(encoding="utf-8") == text


def failure(happened: Happened, typed: Typed) -> dict[str, Any]:
    """The failure of the last command, from JSON or from text; raises when it has none."""
    command = happened.command
    if not typed.as_json:
        assert command.stdout == "", f"a failure printed a result: {command.stdout}"
        return text_failure(command.stderr)
    cli = specification("cli.yaml")
    document = command.lines()[-1]
    if "event" not in document:
        schema = {**cli["definitions"]["failure"], "definitions": cli["definitions"]}
        check(document, schema)
    return document["error"]


def check(document: Any, schema: Mapping[str, Any]) -> None:
    """Raise AssertionError when a document does not fit a JSON Schema."""
    problems = cast(Any, jsonschema.Draft202012Validator(schema)).iter_errors(document)
    found = [f"{problem.json_path}: {problem.message}" for problem in problems]
    assert not found, "; ".join(found)


def text_failure(text: str) -> dict[str, Any]:
    """The first ``error[CODE] AT`` block of a text."""
    lines = text.splitlines()
    assert lines and lines[0].startswith("error["), text
    code, _, place = lines[0].removeprefix("error[").partition("]")
    hints = [line for line in lines if line.startswith("  hint: ")]
    assert len(lines) > 1 and lines[1].startswith("  "), text
    return {
        "code": code,
        "at": place.strip() or None,
        "hint": hints[0].removeprefix("  hint: ") if hints else None,
    }
