"""Whether a supervised service is well: what it answers, and that it is its own process."""

from __future__ import annotations

from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig, HealthState, HealthStatus
from fraisier.effects.http import look
from fraisier.effects.service_folder import ServiceFolder, ServiceStatus

LOOK_SECONDS_MAX = 5.0


def look_at(fraise: FraiseConfig, service: ServiceFolder) -> HealthStatus:
    """Look once; the process must be the same before and after the answer."""
    before = service.status()
    if not before.running:
        return HealthStatus(HealthState.DOWN, _why_not_running(before))
    url = _health_url(fraise)
    if url is None:
        return HealthStatus(HealthState.HEALTHY, "the process runs")
    verdict = _verdict(fraise, url)
    after = service.status()
    if after.pid != before.pid:  # whoever answered, it was not the service
        return HealthStatus(HealthState.DOWN, _why_not_running(after))
    return verdict


def _health_url(fraise: FraiseConfig) -> str | None:
    check = fraise.environment.health_check
    if check is None:
        return None
    port = fraise.environment.target.get("port")
    if check.url is None and port and check.path:
        return f"http://127.0.0.1:{port}/{check.path.lstrip('/')}"
    return check.url


def _verdict(fraise: FraiseConfig, url: str) -> HealthStatus:
    check = fraise.environment.health_check
    assert check is not None
    answer = look(url, min(check.timeout_seconds, LOOK_SECONDS_MAX))
    shown = redact(url, fraise.secrets)
    if answer.status == check.expected_status:
        return HealthStatus(HealthState.HEALTHY, f"GET {shown} answered {answer.status}")
    if answer.status is None:
        return HealthStatus(HealthState.DOWN, f"GET {shown}: {answer.reason}")
    message = f"GET {shown} answered {answer.status} instead of {check.expected_status}"
    return HealthStatus(HealthState.DEGRADED, message)


def _why_not_running(status: ServiceStatus) -> str:
    if status.state == "stopped":
        return "the service is stopped"
    if status.exit_status is None:
        return "the process is gone"
    return f"the process ended with exit status {status.exit_status}"
