"""What an address says of the health of a service."""

from __future__ import annotations

from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig, HealthCheck, HealthState, HealthStatus
from fraisier.effects.http import look

# A look may take this long, or a third of the whole time when that is more.
LOOK_SECONDS = 5.0


def look_seconds(check: HealthCheck) -> float:
    """How long one look may take."""
    third = max(LOOK_SECONDS, check.timeout_seconds / 3)
    return max(0.1, min(check.timeout_seconds, third))


def http_verdict(fraise: FraiseConfig, url: str) -> HealthStatus:
    """What the URL answers, compared with what the configured health check expects."""
    check = fraise.environment.health_check
    assert check is not None
    answer = look(url, look_seconds(check))
    shown = redact(url, fraise.secrets)
    if answer.status == check.expected_status:
        return HealthStatus(HealthState.HEALTHY, f"GET {shown} answered {answer.status}")
    if answer.status is None:
        return HealthStatus(HealthState.DOWN, f"GET {shown}: {answer.reason}")
    message = f"GET {shown} answered {answer.status} instead of {check.expected_status}"
    return HealthStatus(HealthState.DEGRADED, message)
