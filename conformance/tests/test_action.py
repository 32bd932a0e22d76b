"""The action for CI: its scripts say to ``conform gate`` what its inputs say to them."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from conform.gate.cli import gate
from conform.miniature import ROOT

ACTION = ROOT / "conformance" / "action"
WORKFLOW = ROOT / "examples" / "workflows" / "conformance.yml"
PROGRAM = '#!/bin/sh\nprintf "%s\\n" "$@" >words\nexit {status}\n'


def document(path: Path) -> Any:
    """A YAML file, read."""
    return yaml.safe_load(path.read_text())


class Runner:
    """A folder in which the gate's script runs a program that notes its words."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, status: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script with an environment of its own."""
        program = self.folder / "conform"
        program.write_text(PROGRAM.format(status=status))
        program.chmod(0o755)
        own = {"PATH": os.environ["PATH"], "CONFORM_PROGRAM": str(program)}
        return subprocess.run(
            ["bash", str(ACTION / "gate.sh")],
            cwd=self.folder,
            env=own | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def words(self) -> list[str]:
        """What the program was called with."""
        return (self.folder / "words").read_text().splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A folder of a CI job."""
    return Runner(tmp_path)


def test_gate_script__nothing_said__requires_all(runner: Runner) -> None:
    """The gate is strict unless it is told otherwise."""
    assert runner.run().returncode == 0
    assert runner.words == ["gate", "--extent", "thorough", "--output", "reports", "--require-all"]


def test_gate_script__every_input__is_passed_on(runner: Runner) -> None:
    """Lists come line by line; words with blanks and wildcards stay whole."""
    done = runner.run(
        CONFORM_IMPLEMENTATIONS="  impl/my one\nimpl/two\n\n",
        CONFORM_DATABASES="sqlite\npostgresql",
        CONFORM_ONLY="webhook/*",
        CONFORM_BASELINE="known.yaml",
        CONFORM_EXTENT="everyday",
        CONFORM_REQUIRE_ALL="false",
        CONFORM_BUILD="true",
        CONFORM_REPORTS="out",
        GITHUB_STEP_SUMMARY="page.md",
    )
    assert done.returncode == 0, done.stderr
    assert runner.words == [
        *("gate", "--extent", "everyday", "--output", "out"),
        *("--impl", "impl/my one", "--impl", "impl/two"),
        *("--database", "sqlite", "--database", "postgresql"),
        *("--only", "webhook/*", "--baseline", "known.yaml"),
        *("--build", "--summary", "page.md"),
    ]


@pytest.mark.parametrize("status", [0, 1, 2])
def test_gate_script__exit_status__is_the_gates(runner: Runner, status: int) -> None:
    """And later steps can read it."""
    output = runner.folder / "output"
    assert runner.run(status, GITHUB_OUTPUT=str(output)).returncode == status
    assert output.read_text() == f"exit={status}\n"


def test_gate_script__flag_that_is_none__is_exit_2(runner: Runner) -> None:
    """A misspelt input does not make the gate lenient."""
    done = runner.run(CONFORM_REQUIRE_ALL="yes")
    assert done.returncode == 2
    assert done.stderr == 'conform: --require-all: "yes" is neither true nor false\n'


def test_install_script__suite_that_is_there__is_found(tmp_path: Path) -> None:
    """Later steps learn where it is."""
    root = tmp_path / "suite"
    (root / "conformance").mkdir(parents=True)
    (root / "conformance" / "action").symlink_to(ACTION)
    program = root / ".venv" / "bin" / "conform"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    environment = tmp_path / "environment"
    subprocess.run(
        ["bash", str(root / "conformance" / "action" / "install.sh")],
        env={"PATH": os.environ["PATH"], "GITHUB_ENV": str(environment)},
        check=True,
    )
    assert environment.read_text().splitlines() == [
        f"CONFORM_PROGRAM={program}",
        f"CONFORM_CHECKOUT={root}",
    ]


def test_action__every_input__is_used_and_described() -> None:
    """What is declared reaches a step, and nothing else does."""
    action = document(ACTION / "action.yml")
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", (ACTION / "action.yml").read_text()))
    assert used == action["inputs"].keys()
    assert all(each["description"] for each in action["inputs"].values())
    gate = next(each for each in action["runs"]["steps"] if each.get("id") == "gate")
    script = (ACTION / "gate.sh").read_text()
    assert all(f"${{{name}:-" in script for name in gate["env"])


def test_action__inputs__are_never_part_of_a_script() -> None:
    """They come as variables, so that no input is run as a command."""
    steps = document(ACTION / "action.yml")["runs"]["steps"]
    assert not any("${{" in each.get("run", "") for each in steps)


def test_workflow__example__uses_inputs_that_there_are() -> None:
    """Whoever copies it gets what the action takes."""
    jobs = document(WORKFLOW)["jobs"].values()
    steps = [step for job in jobs for step in job["steps"] if "with" in step]
    (step,) = [each for each in steps if "/conformance/action@" in each["uses"]]
    assert step["with"].keys() <= document(ACTION / "action.yml")["inputs"].keys()


def test_gate_script__its_options__are_those_of_the_command() -> None:
    """A renamed option would only show in somebody's CI."""
    parameters = inspect.signature(gate).parameters.values()
    known = {word for each in parameters for word in option_names(each)}
    used = set(re.findall(r"--[a-z][a-z-]+", (ACTION / "gate.sh").read_text()))
    assert used <= known


def option_names(parameter: inspect.Parameter) -> tuple[str, ...]:
    """The words of an option: those that it declares, else its name."""
    (option,) = get_args(parameter_annotation(parameter))[1:]
    return tuple(option.param_decls) or (f"--{parameter.name.replace('_', '-')}",)


def parameter_annotation(parameter: inspect.Parameter) -> Any:
    """The annotation, evaluated."""
    return get_type_hints(gate, include_extras=True)[parameter.name]
