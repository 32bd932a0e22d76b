"""Acting on a Compose project and looking at it, for one fraise and on one worker's behalf."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig, HealthState
from fraisier.effects.compose import Engine, failure
from fraisier.effects.files import make_private_folder
from fraisier.effects.process import Completed
from fraisier.providers.base import Control
from fraisier.providers.docker_compose_health import (
    Container,
    containers_of,
    lasting,
    published_port,
    release_of,
    verdict,
)
from fraisier.providers.docker_compose_project import project_name, services_asked_for
from fraisier.providers.docker_compose_release import ComposeRelease

WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Steering:
    """
    One project. ``home`` is where its lock and its fence are.

    Raises (every method that asks the engine):
        FraisierError: ``tool-missing``, ``host-unreachable``, ``provider-failed``.
    """

    fraise: FraiseConfig
    home: Path
    control: Control

    @property
    def engine(self) -> Engine:
        """The engine of the target."""
        host = self.fraise.environment.target.get("docker_host")
        control = self.control
        return Engine(host, self.fraise.secrets, control.tell, control.should_stop)

    @property
    def asked(self) -> tuple[str, ...]:
        """The services that the target names; empty: the whole project."""
        return services_asked_for(self.fraise.environment.target)

    @property
    def fence(self) -> tuple[str, int] | None:
        """Scope and token of the worker."""
        scope, token = self.control.scope, self.control.fencing_token
        return None if scope is None or token is None else (scope, token)

    def containers(self) -> list[Container]:
        """The containers of the fraise's releases, whichever they are."""
        return containers_of(self.fraise, self.engine.containers(project_name(self.fraise)))

    def runs(self) -> bool:
        """Whether there are containers and each runs, but for those that are over by design."""
        containers = self.containers()
        return bool(containers) and all(each.runs for each in lasting(containers))

    def require(self) -> list[Container]:
        """
        The containers, of which there must be some.

        Raises:
            FraisierError: ``not-deployed``.
        """
        containers = self.containers()
        if not containers:
            message = f"{self.fraise.label} has never been deployed"
            raise FraisierError(message, code="not-deployed")
        return containers

    def up(self, release: ComposeRelease) -> None:
        """
        Make the release the one that runs, and wait until Compose calls it healthy.

        Raises:
            FraisierError: ``lease-lost``, ``health-check-failed`` (it runs and is not well),
                ``provider-failed``.
        """
        check, limit = self.fraise.environment.health_check, self.fraise.environment.timeouts.switch
        wait = min(check.timeout_seconds if check else WAIT_SECONDS, limit)
        done = self._turn(release.up(self.fence, math.ceil(wait)))
        containers = self.containers()
        if done.ok:
            self._remove([each for each in containers if each.release != release.name])
            return
        message = failure("compose up", done)
        status = verdict(self.fraise, containers)
        if _have_begun(containers, release.name) and status.state is not HealthState.HEALTHY:
            raise FraisierError(f"{status.message}\n{message}", code="health-check-failed")
        raise FraisierError(message, code="provider-failed")

    def change(self, *words: str) -> None:
        """A command that stops or starts: Compose knows the project by its containers."""
        self._checked(f"compose {words[0]}", self._turn(self._argv(*words, *self.asked)))

    def newest(self, lines: int, *words: str) -> list[str]:
        """The last lines that a command prints that only looks, redacted."""
        seconds, found = self.fraise.environment.timeouts.switch, deque[str](maxlen=lines)
        done = self.engine.run(self._argv(*words), seconds, on_line=found.append)
        self._checked(f"compose {words[0]}", done)
        return list(found)

    def address(self) -> str | None:
        """The engine's host and ``target.port``, else the port that a service publishes."""
        port = self.fraise.environment.target.get("port")
        if port is None:
            port = published_port(self.containers(), self.asked[0] if self.asked else None)
        engine = urlsplit(self.engine.environment.get("DOCKER_HOST") or "")
        host = engine.hostname if engine.scheme in ("tcp", "ssh") else None
        shown = f"[{host}]" if host and ":" in host else host or "127.0.0.1"
        return None if port is None else f"http://{shown}:{port}"

    def _remove(self, strays: Sequence[Container]) -> None:
        """Services that an earlier release had and this one has not; Compose would keep them."""
        if strays:
            done = self._turn(["rm", "--force", *(each.id for each in strays)])
            self._checked("rm", done)

    def _turn(self, argv: Sequence[str]) -> Completed:
        seconds = self.fraise.environment.timeouts.switch
        return self.engine.turn(make_private_folder(self.home), self.fence, argv, seconds)

    def _argv(self, *words: str) -> list[str]:
        options = ["--ansi", "never", "--progress", "plain"]
        return ["compose", *options, "--project-name", project_name(self.fraise), *words]

    def _checked(self, what: str, done: Completed) -> Completed:
        if not done.ok:
            raise FraisierError(failure(what, done), code="provider-failed")
        return done


def _have_begun(containers: Sequence[Container], version: str) -> bool:
    """Whether the release got as far as running: then it is the release that is not well."""
    begun = all(each.state.get("Status") != "created" for each in containers)
    return bool(containers) and release_of(containers) == version and begun
