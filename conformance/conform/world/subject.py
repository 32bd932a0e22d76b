"""The implementation under test: its commands and its server, on the scenario's database."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conform.databases import Scratch
from conform.implementation import Implementation, load
from conform.recorder import Recorder
from conform.session import Session
from conform.stash import registry, shares
from conform.surroundings import environment
from conform.verdicts import ImplementationError
from conform.world.processes import Running
from conform.world.server import Server
from conform.world.waiting import eventually, patient
from conform.world.workspace import Workspace

COMMAND_SECONDS = 60.0
START_SECONDS = float(os.environ.get("CONFORM_START_SECONDS", "10"))


@dataclass(frozen=True, slots=True)
class Result:
    """A command that ran to its end."""

    exit: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """Standard output as one JSON document. Raises ImplementationError for anything else."""
        try:
            return json.loads(self.stdout)
        except ValueError as reason:
            raise ImplementationError(f"not JSON: {self.stdout[:500]!r}") from reason

    def lines(self) -> list[Any]:
        """Standard output as JSON lines. Raises ImplementationError for anything else."""
        try:
            return [json.loads(line) for line in self.stdout.splitlines()]
        except ValueError as reason:
            raise ImplementationError(f"not JSON lines: {self.stdout[:500]!r}") from reason


class Subject:
    """
    What an implementation can be asked to do, through its public surfaces only.

    Commands run in the workspace's folder, with its configuration and the scenario's
    database in the environment; ``env`` adds variables, and removes those that are None.
    """

    def __init__(
        self,
        manifest: Implementation | None,
        workspace: Workspace,
        scratch: Scratch,
        recorder: Recorder,
        url: str | None = None,
    ) -> None:
        self._manifest = manifest
        self.workspace = workspace
        self.scratch = scratch
        self._recorder = recorder
        self._url = url
        self.control_token = str(uuid.uuid4())
        self._running: list[Running] = []

    @property
    def manifest(self) -> Implementation:
        """What its impl.yaml says."""
        assert self._manifest is not None, "a bare URL has no commands"
        return self._manifest

    def cli(
        self,
        *arguments: str,
        env: Mapping[str, str | None] | None = None,
        stdin: str = "",
        cwd: Path | None = None,
        timeout: float = COMMAND_SECONDS,
    ) -> Result:
        """
        Run one command of the implementation to its end.

        Raises:
            ImplementationError: It does not end in time.
        """
        command = [*self.manifest.cli, *arguments]
        try:
            done = subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                cwd=cwd or self.workspace.folder,
                env=self.environment(env),
                timeout=patient(timeout),
                check=False,
            )
        except subprocess.TimeoutExpired as reason:
            self._recorder.command(command, None, str(reason.stdout), str(reason.stderr))
            raise ImplementationError(f"{command} did not end within {timeout:g} s") from reason
        self._recorder.command(command, done.returncode, done.stdout, done.stderr)
        return Result(done.returncode, done.stdout, done.stderr)

    def spawn(self, *arguments: str, env: Mapping[str, str | None] | None = None) -> Running:
        """Start a command that runs beside the scenario (``observe``, a long ``deploy``)."""
        return self._spawn([*self.manifest.cli, *arguments], env)

    def serve(self, observer: bool = True, env: Mapping[str, str | None] | None = None) -> Server:
        """
        Start its server by the start contract.

        Raises:
            ImplementationError: It ends, stays silent, or says something else.
        """
        if self._url:
            return Server(self._url, self._recorder, None, self.workspace.secret)
        contract = {
            "database_url": self.scratch.url,
            "config_path": str(self.workspace.config),
            "control_token": self.control_token,
            "observer": observer,
        }
        started = {"FRAISIER_CONTRACT": "1", "FRAISIER_CONFIG": None, "FRAISIER_DATABASE_URL": None}
        running = self._spawn(list(self.manifest.start), started | dict(env or {}))
        running.say(json.dumps(contract))
        return Server(_announced(running), self._recorder, running, self.workspace.secret)

    def environment(self, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """The variables of a command."""
        usual: dict[str, str | None] = {
            **environment(self.workspace.home),
            "FRAISIER_CONFIG": str(self.workspace.config),
            "FRAISIER_DATABASE_URL": self.scratch.url,
            **(changes or {}),
        }
        return {name: value for name, value in usual.items() if value is not None}

    def end(self) -> None:
        """Kill what still runs. How it stops when it is asked to is for scenarios to say."""
        for running in self._running:
            running.kill()

    def _spawn(self, command: list[str], env: Mapping[str, str | None] | None) -> Running:
        log = self.workspace.folder / f"process-{len(self._running) + 1}.log"
        self._recorder.command(command, None, "", f"see {log.name}")
        self._recorder.logs.append(log)
        try:
            running = Running(command, self.environment(env), self.workspace.folder, log)
        except OSError as reason:
            raise ImplementationError(f"{command[0]}: {reason.strerror}") from reason
        self._running.append(running)
        return running


def _announced(running: Running) -> str:
    """The URL of the one line that the start contract asks for."""
    try:
        eventually(lambda: running.lines or running.exit is not None, "its URL", START_SECONDS)
    except AssertionError as reason:
        raise ImplementationError(f"no line with its URL in time: {running.tail()}") from reason
    if not running.lines:
        raise ImplementationError(f"the server ended with {running.exit}: {running.tail()}")
    try:
        url = json.loads(running.lines[0])["url"]
    except (ValueError, KeyError, TypeError) as reason:
        line = running.lines[0]
        raise ImplementationError(f"not the line of the start contract: {line!r}") from reason
    if not str(url).startswith("http://127.0.0.1:"):
        raise ImplementationError(f"not a URL of 127.0.0.1: {url!r}")
    return str(url)


def manifest_of(session: Session) -> Implementation | None:
    """The manifest of the implementation under test; None for a bare URL."""
    folder = session.implementation
    return _manifest(folder, session.checkout) if folder else None


@functools.cache
def _manifest(folder: str, checkout: str) -> Implementation:
    return load(Path(folder), Path(checkout))


@pytest.fixture
def implementation(
    request: pytest.FixtureRequest,
    session: Session,
    workspace: Workspace,
    scratch: Scratch,
    recorder: Recorder,
) -> Generator[Subject]:
    """
    The implementation under test; its processes end with the scenario.

    Scenarios that leave nothing behind share one server.
    """
    url = session.url
    if shares(request.node, session):
        url = request.getfixturevalue("shared")(session, registry(request.node))[0]
    subject = Subject(manifest_of(session), workspace, scratch, recorder, url)
    yield subject
    subject.end()
