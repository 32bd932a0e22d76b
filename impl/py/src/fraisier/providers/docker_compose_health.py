"""What the containers of a release say: which one it is, whether it runs and is well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fraisier.domain.redaction import redact
from fraisier.domain.values import EMPTY, FraiseConfig, HealthState, HealthStatus
from fraisier.effects.lines import printable
from fraisier.providers.docker_compose_project import FRAISE_LABEL, RELEASE_LABEL, SERVICES_LABEL

_SERVICE = "com.docker.compose.service"
_DEPENDS_ON = "com.docker.compose.depends_on"
# In the engine's words: our clock may not be that of the engine.
_JUST_STARTED = "Up Less than a second"
_SAID_MAX = 300


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a deployed service."""

    id: str
    service: str
    release: str
    services: frozenset[str]  # that the release consists of
    needs: frozenset[str]  # services that have to end well before this one starts
    status: str
    state: Mapping[str, Any]
    ports: Mapping[str, Any]

    @property
    def runs(self) -> bool:
        """It runs, and is neither paused nor being restarted."""
        return self.state.get("Status") == "running"

    @property
    def health(self) -> str | None:
        """``starting``, ``healthy``, ``unhealthy``, or nothing without a health check."""
        return _mapping(self.state.get("Health")).get("Status")

    @property
    def ended_well(self) -> bool:
        """It is over, with exit status 0."""
        return self.state.get("Status") == "exited" and self.state.get("ExitCode") == 0


def containers_of(fraise: FraiseConfig, found: Iterable[Mapping[str, Any]]) -> list[Container]:
    """Those among a project's containers that belong to a release of the fraise."""
    labelled = ((each, _mapping(each["labels"])) for each in found)
    return [
        _container(each, labels)
        for each, labels in labelled
        if labels.get(FRAISE_LABEL) == fraise.label
    ]


def _container(found: Mapping[str, Any], labels: Mapping[str, str]) -> Container:
    return Container(
        id=found["id"],
        service=labels.get(_SERVICE, ""),
        release=labels.get(RELEASE_LABEL, ""),
        services=frozenset(labels.get(SERVICES_LABEL, "").split(",")),
        needs=_completed_first(labels.get(_DEPENDS_ON, "")),
        status=found["status"],
        state=found["state"],
        ports=_mapping(found.get("ports")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    """What the engine leaves out or calls null is empty."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else EMPTY


def _completed_first(depends_on: str) -> frozenset[str]:
    parts = (part.split(":") for part in depends_on.split(","))
    return frozenset(p[0] for p in parts if p[1:2] == ["service_completed_successfully"])


def release_of(containers: Sequence[Container]) -> str | None:
    """The one release whose services are all there; ``None`` while they are mixed."""
    releases = {each.release for each in containers}
    if len(releases) != 1 or _missing(containers):
        return None
    return releases.pop()


def _missing(containers: Sequence[Container]) -> list[str]:
    """Services of the release that have no container."""
    return sorted(containers[0].services - {each.service for each in containers})


def lasting(containers: Sequence[Container]) -> list[Container]:
    """The containers without those that only had to do something before others start."""
    brief = {name for each in containers for name in each.needs}
    return [each for each in containers if not (each.service in brief and each.ended_well)]


def verdict(fraise: FraiseConfig, containers: Sequence[Container]) -> HealthStatus:
    """The worst that is to be said of any container."""
    if not containers:
        return HealthStatus(HealthState.DOWN, "there is no container of it")
    missing = _missing(containers)
    if missing:
        return HealthStatus(HealthState.DOWN, f"{', '.join(missing)} has no container")
    all_of_them = [_one(fraise, each) for each in lasting(containers)]
    for state in (HealthState.DOWN, HealthState.UNKNOWN):
        for each in all_of_them:
            if each.state is state:
                return each
    return HealthStatus(HealthState.HEALTHY, "; ".join(each.message for each in all_of_them))


def _one(fraise: FraiseConfig, container: Container) -> HealthStatus:
    name = container.service
    if not container.runs:
        return HealthStatus(HealthState.DOWN, f"{name} {_why_not_running(container)}")
    if container.health == "unhealthy":
        said = _last_said(fraise, container)
        return HealthStatus(HealthState.DOWN, f"{name} is unhealthy{said}")
    if container.health == "starting" or (
        container.health is None and container.status.startswith(_JUST_STARTED)
    ):
        return HealthStatus(HealthState.UNKNOWN, f"{name} has just begun")
    return HealthStatus(HealthState.HEALTHY, f"{name} is {container.health or 'running'}")


def _why_not_running(container: Container) -> str:
    state = container.state
    if state.get("Status") in ("exited", "dead", "restarting"):
        killed = " (out of memory)" if state.get("OOMKilled") else ""
        return f"ended with exit status {state.get('ExitCode')}{killed}"
    reason = f": {state['Error']}" if state.get("Error") else ""
    return f"is {state.get('Status', 'gone')}{reason}"


def _last_said(fraise: FraiseConfig, container: Container) -> str:
    """What the container's own health check printed last."""
    log: list[dict[str, Any]] = _mapping(container.state.get("Health")).get("Log") or []
    output = " ".join(str(log[-1].get("Output", "")).split()) if log else ""
    return f": {printable(redact(output, fraise.secrets))[:_SAID_MAX]}" if output else ""


def published_port(containers: Sequence[Container], main: str | None) -> int | None:
    """The first port that the main service, or else any, publishes."""
    for each in sorted(containers, key=lambda container: container.service != main):
        bound = [b for bindings in each.ports.values() for b in bindings or () if b["HostPort"]]
        if bound:
            return int(bound[0]["HostPort"])
    return None
