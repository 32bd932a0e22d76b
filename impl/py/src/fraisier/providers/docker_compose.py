"""A Docker Compose project, on this machine's engine or another one."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import DeploymentResult, FraiseConfig, HealthState, HealthStatus
from fraisier.effects.compose import Engine, failure
from fraisier.effects.files import make_private_folder, read_json
from fraisier.effects.lines import printable
from fraisier.effects.process import Completed
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.docker_compose_health import (
    Container,
    containers_of,
    lasting,
    published_port,
    release_of,
    verdict,
)
from fraisier.providers.docker_compose_project import project_name, services_asked_for
from fraisier.providers.docker_compose_release import ComposeRelease, remove_others
from fraisier.providers.local_health import http_verdict

WAIT_SECONDS = 60.0


class DockerComposeProvider(DeploymentProvider):
    """
    Deploys with the Compose plugin of the docker command.

    Every release has its own copy of the Compose file and images of its own, which stay
    as long as the release does: going back needs neither a registry nor a build. Its
    containers carry labels that say which release they are and whose fencing token made
    them; a worker with a lower one is refused.
    """

    name: ClassVar[str] = "docker-compose"

    def preflight(self, fraise: FraiseConfig) -> None:
        """There are docker, its Compose plugin and an engine, and a folder to write to."""
        self._engine(fraise).versions()
        try:
            for name in ("releases", "shared", "compose"):
                make_private_folder(self.home(fraise) / name)
        except OSError as error:
            message = f"cannot write {self.home(fraise)}: {error.strerror}"
            raise FraisierError(message, code="preflight-failed", at=fraise.label) from error

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """What the target says of the project, and the variables: of one piece with the code."""
        target = fraise.environment.target
        kept = {key: target[key] for key in ("file", "image", "service", "services", "port")
                if key in target}  # fmt: skip
        return {"target": kept, "variables": dict(fraise.environment.variables)}

    def facts(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """Also a folder that all releases share, for what is mounted."""
        shared = str(self.home(fraise) / "shared")
        return {**super().facts(fraise, version, commit), "FRAISIER_SHARED": shared}

    def service_url(self, fraise: FraiseConfig) -> str | None:
        """The engine's host and ``target.port``, else the port that a service publishes."""
        check, target = fraise.environment.health_check, fraise.environment.target
        if check is not None and check.url is not None:
            return super().service_url(fraise)
        asked = services_asked_for(target)
        port = target.get("port")
        if port is None:
            port = published_port(self._containers(fraise), asked[0] if asked else None)
        engine = urlsplit(self._engine(fraise).environment.get("DOCKER_HOST") or "")
        host = engine.hostname if engine.scheme in ("tcp", "ssh") else None
        shown = f"[{host}]" if host and ":" in host else host or "127.0.0.1"
        return None if port is None else f"http://{shown}:{port}"

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """What the labels say; ``None`` while the containers are of several releases."""
        try:
            containers = self._containers(fraise)
        except FraisierError:
            return None
        return release_of(containers) if containers else None

    def is_running(self, fraise: FraiseConfig) -> bool | None:
        """Whether every container runs that is meant to."""
        try:
            return _all_run(self._containers(fraise))
        except FraisierError:
            return None

    def prepare(self, fraise: FraiseConfig, version: str) -> None:
        """Read the Compose file, build and pull the images, and name them after the release."""
        self._release(fraise, version).make()

    def is_prepared(self, fraise: FraiseConfig, version: str) -> bool:
        """Whether all images of the release are on the engine."""
        return self._release(fraise, version).is_made()

    def forget(self, fraise: FraiseConfig, kept: Collection[str]) -> None:
        """Remove the images of releases that are gone."""
        with contextlib.suppress(FraisierError, OSError):
            remove_others(self._engine(fraise), project_name(fraise), self._made(fraise), kept)

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """``docker compose up --wait`` with the release's own file and images."""
        previous = self.current_release(fraise)
        self._up(fraise, version)
        return DeploymentResult(True, version, previous)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """The same with an older release; its images are made again if somebody removed them."""
        if not self.is_prepared(fraise, to_version):
            self.prepare(fraise, to_version)
        self._up(fraise, to_version)
        return True

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """What Compose's own health checks say, and then the HTTP answer that is configured."""
        try:
            containers = self._containers(fraise)
            status = verdict(fraise, containers)
            if status.state is not HealthState.HEALTHY:
                return status
            url = self._health_url(fraise)
        except FraisierError as error:
            return HealthStatus(HealthState.UNKNOWN, error.message)
        return http_verdict(fraise, url) if url else status

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the deployed services, redacted."""
        containers = self._containers(fraise)
        services = sorted({each.service for each in containers})
        if not services:
            return ""
        options = ["--no-color", "--tail", str(lines)]
        prefix = ["--no-log-prefix"] if len(services) == 1 else []
        done = self._project(fraise, "logs", *options, *prefix, *services)
        newest = done.stdout.splitlines()[-lines:] if lines > 0 else []
        return printable(redact("\n".join(newest), fraise.secrets))

    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the project, or the services that the target names; they stay the current ones."""
        self._require(fraise)
        self._project(fraise, "stop", *services_asked_for(fraise.environment.target), change=True)
        return not any(each.runs for each in self._containers(fraise))

    def start(self, fraise: FraiseConfig) -> bool:
        """Start what was stopped."""
        if _all_run(self._require(fraise)):
            return True
        self._project(fraise, "start", *services_asked_for(fraise.environment.target), change=True)
        return _all_run(self._containers(fraise))

    def _up(self, fraise: FraiseConfig, version: str) -> None:
        check, limit = fraise.environment.health_check, fraise.environment.timeouts.switch
        wait = min(check.timeout_seconds if check else WAIT_SECONDS, limit)
        release = self._release(fraise, version)
        command = release.up(self._fence, math.ceil(wait))
        done = self._turn(fraise, command, max(limit, wait))
        if done.ok:
            return
        message = failure("compose up", done)
        status = verdict(fraise, self._containers(fraise))
        if self._have_begun(fraise, version) and status.state is not HealthState.HEALTHY:
            raise FraisierError(f"{status.message}\n{message}", code="health-check-failed")
        raise FraisierError(message, code="provider-failed")

    def _have_begun(self, fraise: FraiseConfig, version: str) -> bool:
        """Whether the release got as far as running: then it is the release that is not well."""
        containers = self._containers(fraise)
        begun = all(each.state.get("Status") != "created" for each in containers)
        return bool(containers) and release_of(containers) == version and begun

    def _health_url(self, fraise: FraiseConfig) -> str | None:
        check = fraise.environment.health_check
        if check is None or check.url is not None:
            return check.url if check else None
        base = self.service_url(fraise)
        if base is None:
            message = "no service publishes a port that could be asked; set target.port"
            raise FraisierError(message, code="provider-failed")
        return f"{base}/{(check.path or '').lstrip('/')}"

    def _require(self, fraise: FraiseConfig) -> list[Container]:
        containers = self._containers(fraise)
        if not containers:
            message = f"{fraise.label} has never been deployed"
            raise FraisierError(message, code="not-deployed")
        return containers

    def _project(self, fraise: FraiseConfig, *words: str, change: bool = False) -> Completed:
        """A command that needs no file: Compose knows the project by its containers."""
        argv = ["compose", "--ansi", "never", "--progress", "plain"]
        argv += ["--project-name", project_name(fraise), *words]
        seconds = fraise.environment.timeouts.switch
        if change:
            done = self._turn(fraise, argv, seconds)
        else:
            done = self._engine(fraise).run(argv, seconds, tell=False)
        if not done.ok:
            message = failure(f"compose {words[0]}", done)
            raise FraisierError(message, code="provider-failed")
        return done

    def _turn(self, fraise: FraiseConfig, argv: Sequence[str], seconds: float) -> Completed:
        folder = make_private_folder(self.home(fraise))
        return self._engine(fraise).turn(folder, self._fence, argv, seconds)

    @property
    def _fence(self) -> tuple[str, int] | None:
        scope, token = self.control.scope, self.control.fencing_token
        return None if scope is None or token is None else (scope, token)

    def _containers(self, fraise: FraiseConfig) -> list[Container]:
        return containers_of(fraise, self._engine(fraise).containers(project_name(fraise)))

    def _release(self, fraise: FraiseConfig, version: str) -> ComposeRelease:
        folder = self.release_folder(fraise, version)
        marker = read_json(folder.with_name(f"{version}.json"))
        if marker is None or not folder.is_dir():
            raise FraisierError(f"the release {version} is not there", code="provider-failed")
        facts = self.facts(fraise, marker["version"], marker["git_commit"])
        return ComposeRelease(
            fraise, version, folder, self._made(fraise), marker, facts, self._engine(fraise)
        )

    def _made(self, fraise: FraiseConfig) -> Path:
        return self.home(fraise) / "compose"

    def _engine(self, fraise: FraiseConfig) -> Engine:
        host = fraise.environment.target.get("docker_host")
        return Engine(host, fraise.secrets, self.control.tell, self.control.should_stop)


def _all_run(containers: Sequence[Container]) -> bool:
    """Whether there are containers and each runs, but for those that are over by design."""
    return bool(containers) and all(each.runs for each in lasting(containers))
