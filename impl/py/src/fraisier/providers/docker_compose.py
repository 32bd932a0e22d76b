"""A Docker Compose project, on this machine's engine or another one."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, Level, fine, problem
from fraisier.domain.redaction import redact
from fraisier.domain.values import DeploymentResult, FraiseConfig, HealthState, HealthStatus
from fraisier.effects.lines import printable
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.docker_compose_health import release_of, verdict
from fraisier.providers.docker_compose_images import remove_others
from fraisier.providers.docker_compose_project import project_name
from fraisier.providers.docker_compose_release import ComposeRelease
from fraisier.providers.docker_compose_steering import Steering
from fraisier.providers.http_health import http_verdict
from fraisier.providers.local_preflight import writable
from fraisier.providers.markers import finished

_SNAPSHOT = ("file", "image", "service", "services")


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
        """There are a service, docker with its Compose plugin, an engine, and a place to write."""
        if not fraise.has_service:
            message = f"{fraise.label} has no service, and docker-compose runs nothing else"
            raise FraisierError(message, code="preflight-failed", at=fraise.label)
        self._steering(fraise).engine.versions()
        home = writable(fraise, self.home(fraise))
        if home.level is Level.PROBLEM:
            raise FraisierError(home.what, code="preflight-failed", at=home.where, hint=home.hint)

    def diagnose(self, fraise: FraiseConfig) -> list[Finding]:
        """The same, one by one."""
        found = [writable(fraise, self.home(fraise))]
        if not fraise.has_service:
            hint = "name a service: target.service"
            found.append(problem("docker-compose runs nothing but services", fraise.label, hint))
        try:
            plugin, engine = self._steering(fraise).engine.versions()
        except FraisierError as error:
            return [*found, problem(error.message, fraise.label, error.hint)]
        return [*found, fine(f"Compose {plugin} and the engine {engine} answer", fraise.label)]

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """What the target says of the project, and the variables: of one piece with the code."""
        target = fraise.environment.target
        return {
            "target": {key: target[key] for key in _SNAPSHOT if key in target},
            "variables": dict(fraise.environment.variables),
        }

    def facts(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """Also a folder that all releases share, for what is mounted."""
        shared = str(self.home(fraise) / "shared")
        return {**super().facts(fraise, version, commit), "FRAISIER_SHARED": shared}

    def service_url(self, fraise: FraiseConfig) -> str | None:
        """Where ``health_check.url`` is, else where the project publishes a port."""
        check = fraise.environment.health_check
        if check is not None and check.url is not None:
            return super().service_url(fraise)
        return self._steering(fraise).address()

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """What the labels say; ``None`` while the containers are of several releases."""
        try:
            containers = self._steering(fraise).containers()
        except FraisierError:
            return None
        return release_of(containers) if containers else None

    def is_running(self, fraise: FraiseConfig) -> bool | None:
        """Whether every container runs that is meant to."""
        try:
            return self._steering(fraise).runs()
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
            made = self.home(fraise) / "compose"
            remove_others(self._steering(fraise).engine, project_name(fraise), made, kept)

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """``docker compose up --wait`` with the release's own file and images."""
        previous = self.current_release(fraise)
        self._steering(fraise).up(self._release(fraise, version))
        return DeploymentResult(True, version, previous)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """The same with an older release; its images are made again if somebody removed them."""
        if not self.is_prepared(fraise, to_version):
            self.prepare(fraise, to_version)
        self._steering(fraise).up(self._release(fraise, to_version))
        return True

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """What Compose's own health checks say, and then the HTTP answer that is configured."""
        try:
            status = verdict(fraise, self._steering(fraise).containers())
            if status.state is not HealthState.HEALTHY:
                return status
            url = self._health_url(fraise)
        except FraisierError as error:
            return HealthStatus(HealthState.UNKNOWN, error.message)
        return http_verdict(fraise, url) if url else status

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the deployed services, redacted."""
        steering = self._steering(fraise)
        services = sorted({each.service for each in steering.containers()})
        if not services or lines <= 0:
            return ""
        options = ["--no-color", "--tail", str(lines)]
        options += ["--no-log-prefix"] if len(services) == 1 else []
        newest = steering.newest(lines, "logs", *options, *services)
        return printable(redact("\n".join(newest), fraise.secrets))

    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the project, or the services that the target names; they stay the current ones."""
        steering = self._steering(fraise)
        steering.require()
        steering.change("stop")
        return not any(each.runs for each in steering.containers())

    def start(self, fraise: FraiseConfig) -> bool:
        """Start what was stopped."""
        steering = self._steering(fraise)
        steering.require()
        if not steering.runs():
            steering.change("start")
        return steering.runs()

    def _health_url(self, fraise: FraiseConfig) -> str | None:
        check = fraise.environment.health_check
        if check is None or check.url is not None:
            return check.url if check else None
        base = self.service_url(fraise)
        if base is None:
            message = "no service publishes a port that could be asked; set target.port"
            raise FraisierError(message, code="provider-failed")
        return f"{base}/{(check.path or '').lstrip('/')}"

    def _release(self, fraise: FraiseConfig, version: str) -> ComposeRelease:
        folder = self.release_folder(fraise, version)
        marker = finished(folder)
        facts = self.facts(fraise, marker["version"], marker["git_commit"])
        made, engine = self.home(fraise) / "compose", self._steering(fraise).engine
        return ComposeRelease(fraise, version, folder, made, marker, facts, engine)

    def _steering(self, fraise: FraiseConfig) -> Steering:
        return Steering(fraise, self.home(fraise), self.control)
