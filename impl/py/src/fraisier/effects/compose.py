"""Speak to a Docker engine through its command: argument lists, bounded, redacted."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects import compose_turn
from fraisier.effects.files import never
from fraisier.effects.process import Completed, ask, base_environment, run
from fraisier.effects.reaping import own_program

ASK_SECONDS = 30.0
WAY_OUT = "install Docker with its Compose plugin: https://docs.docker.com/compose/install/"
_PASSED_ON = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
    "DOCKER_API_VERSION", "DOCKER_BUILDKIT", "XDG_RUNTIME_DIR",
)  # fmt: skip
_PROGRESS = re.compile(r" (?:Container|Image|Network|Volume) \S+ [A-Z][a-z]+ *")
_INSPECTED = (
    '{"id":{{json .Id}},"labels":{{json .Config.Labels}},"state":{{json .State}},'
    '"ports":{{json .NetworkSettings.Ports}}}'
)


def docker_environment(host: str | None, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of the docker command: those that choose an engine, or the one given."""
    chosen = {name: environ[name] for name in _PASSED_ON if name in environ}
    if host is not None:
        chosen.pop("DOCKER_CONTEXT", None)
        chosen["DOCKER_HOST"] = host
    return {**base_environment(environ), **chosen, "BUILDKIT_PROGRESS": "plain"}


@dataclass(frozen=True, slots=True)
class Engine:
    """
    One engine, and on whose behalf it is asked.

    Raises (every method):
        FraisierError: ``tool-missing``, ``host-unreachable`` (the engine does not answer),
            ``step-timeout``.
    """

    host: str | None
    secrets: Collection[str] = ()
    tell: Callable[[str], None] | None = None
    should_stop: Callable[[], bool] = never

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the docker command."""
        return docker_environment(self.host)

    @property
    def name(self) -> str:
        """What messages call it."""
        return redact(self.environment.get("DOCKER_HOST") or "of this machine", self.secrets)

    def versions(self) -> tuple[str, str]:
        """The versions of the Compose plugin and of the engine."""
        plugin = self._ask("compose", "version", "--short")
        if not plugin.ok:
            message = "docker has no Compose plugin"
            raise _with_way_out(FraisierError(message, code="tool-missing"))
        engine = self.ask("version", "--format", "{{.Server.Version}}")
        return plugin.stdout.strip(), engine.stdout.strip()

    def ask(self, *arguments: str) -> Completed:
        """A question that is answered at once; the answer has exit status 0."""
        done = self._ask(*arguments)
        return done if done.ok else self.unreachable(done)

    def holds(self, images: Sequence[str]) -> bool:
        """Whether all the images are on the engine."""
        return not images or self._ask("image", "inspect", "--format", "{{.Id}}", *images).ok

    def containers(self, project: str) -> Iterator[dict[str, Any]]:
        """The containers of a Compose project, with ``status`` in the engine's words."""
        labels = (f"com.docker.compose.project={project}", "com.docker.compose.oneoff=False")
        filters = [word for label in labels for word in ("--filter", f"label={label}")]
        shown = self.ask("ps", "--all", "--no-trunc", *filters, "--format", "{{.ID}}\t{{.Status}}")
        status = dict(line.split("\t", 1) for line in shown.stdout.splitlines() if "\t" in line)
        if status:
            # One that has gone since makes the status 1; the others are shown all the same.
            found = self._ask("inspect", "--type", "container", "--format", _INSPECTED, *status)
            for line in found.stdout.splitlines():
                container: dict[str, Any] = json.loads(line)
                yield {**container, "status": status.get(container["id"], "")}

    def run(
        self,
        argv: Sequence[str],
        seconds: float,
        tell: bool = True,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        """
        A command that takes its time, whatever its exit status. ``on_line`` gets every line
        of it instead of ``tell``, which is spared repetitions.
        """
        return self._run(["docker", *argv], seconds, tell, on_line)

    def turn(
        self, folder: Path, fence: tuple[str, int] | None, argv: Sequence[str], seconds: float
    ) -> Completed:
        """
        A command that changes the project: nobody else does meanwhile, and nobody with a
        newer token has before (``compose_turn.py``). It waits for its turn for as long as
        it may take itself.

        Raises:
            FraisierError: ``lease-lost``, ``provider-failed`` (somebody else holds it), and
                those of every method.
        """
        scope, token = (fence[0], str(fence[1])) if fence else ("", "")
        own = own_program("compose_turn", str(folder), scope, token, f"{seconds:g}")
        done = self._run([*own, "docker", *argv], 2 * seconds + ASK_SECONDS, True)
        if done.exit_status == compose_turn.OVERTAKEN:
            raise FraisierError("another worker has taken the project over", code="lease-lost")
        if done.exit_status == compose_turn.BUSY:
            raise FraisierError("another command holds the project", code="provider-failed")
        if done.exit_status == compose_turn.UNREACHABLE:
            self.unreachable(done)
        return done

    def unreachable(self, done: Completed) -> NoReturn:
        """Say that the engine does not answer."""
        said = done.tail[-1] if done.tail else f"exit status {done.exit_status}"
        raise FraisierError(
            f"the Docker engine {self.name} does not answer: {said}",
            code="host-unreachable",
            hint="start it, or name another one in target.docker_host or DOCKER_HOST",
        )

    def _ask(self, *arguments: str) -> Completed:
        try:
            return ask(
                ["docker", *arguments],
                timeout_seconds=ASK_SECONDS,
                environment=self.environment,
                secrets=self.secrets,
            )
        except FraisierError as error:
            raise _with_way_out(error) from error

    def _run(
        self,
        argv: Sequence[str],
        seconds: float,
        tell: bool,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        told = _without_repeats(self.tell) if tell and self.tell else None
        try:
            return run(
                argv,
                cwd=Path("/"),  # where no Compose file is found by accident
                environment=self.environment,
                timeout_seconds=seconds,
                on_line=on_line or told,
                secrets=self.secrets,
                should_stop=self.should_stop,
            )
        except FraisierError as error:
            raise _with_way_out(error) from error


def failure(what: str, done: Completed) -> str:
    """How a command ended, with its last lines but for those that only tell of progress."""
    lines = [line for line in dict.fromkeys(done.tail) if not _PROGRESS.fullmatch(line)]
    told = Completed(done.exit_status, "", tuple(lines or done.tail))
    return f"docker {what} {told.describe()}"


def _without_repeats(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Compose says many things twice."""
    last = ""

    def once(line: str) -> None:
        nonlocal last
        if line.strip() != last:
            tell(line)
        last = line.strip()

    return once


def _with_way_out(error: FraisierError) -> FraisierError:
    """A tool that is missing, and how to get it: in the message, which is what is recorded."""
    if error.code != "tool-missing":
        return error
    return FraisierError(f"{error.message}; {WAY_OUT}", code=error.code)
