"""Whether a supervised service is well: what it answers, and that it is its own process."""

from __future__ import annotations

from urllib.parse import urlsplit

from fraisier.domain.values import FraiseConfig, HealthState, HealthStatus
from fraisier.effects.listeners import stranger_on
from fraisier.effects.reaping import process_age
from fraisier.effects.service_folder import ServiceFolder, ServiceStatus
from fraisier.providers.http_health import http_verdict

# Without a health check a process must have lived this long.
ALIVE_SECONDS = 1.0


def look_at(fraise: FraiseConfig, service: ServiceFolder) -> HealthStatus:
    """
    Look once. The process must be the same before and after the answer, and nobody
    else may listen on its port. Without a check, or when the answer does not come from
    its port, it must have lived for a moment.
    """
    before = service.status()
    if not before.running or before.pid is None:
        return HealthStatus(HealthState.DOWN, _why_not_running(before))
    url = _health_url(fraise)
    if url is None:
        return _alive(before.pid)
    verdict = http_verdict(fraise, url)
    after = service.status()
    if after.pid != before.pid:  # whoever answered, it was not the service
        return HealthStatus(HealthState.DOWN, _why_not_running(after))
    port = _own_port(fraise, url)
    stranger = stranger_on(port, before.pid, before.supervisor) if port else None
    if stranger is not None:
        message = f"another process ({stranger}) answers on port {port}"
        return HealthStatus(HealthState.DOWN, message)
    if port is None and verdict.state is HealthState.HEALTHY:
        alive = _alive(before.pid)  # an answer from elsewhere says little about the process
        return verdict if alive.state is HealthState.HEALTHY else alive
    return verdict


def _alive(pid: int) -> HealthStatus:
    if process_age(pid) < ALIVE_SECONDS:
        return HealthStatus(HealthState.UNKNOWN, "the process has just begun")
    return HealthStatus(HealthState.HEALTHY, "the process runs")


def _own_port(fraise: FraiseConfig, url: str) -> int | None:
    """The target's port, when that is what the check looks at."""
    port = int(fraise.environment.target.get("port") or 0)
    parts = urlsplit(url)
    here = parts.hostname in ("127.0.0.1", "localhost") and parts.port == port
    return port if here else None


def _health_url(fraise: FraiseConfig) -> str | None:
    check = fraise.environment.health_check
    if check is None:
        return None
    port = fraise.environment.target.get("port")
    if check.url is None and port and check.path:
        return f"http://127.0.0.1:{port}/{check.path.lstrip('/')}"
    return check.url


def _why_not_running(status: ServiceStatus) -> str:
    if status.state == "stopped":
        return "the service is stopped"
    if status.exit_status is None:
        return "the process is gone"
    return f"the process ended with exit status {status.exit_status}"
