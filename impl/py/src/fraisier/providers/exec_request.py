"""What a provider program is asked (``spec/exec-provider.md``, "The request")."""

from __future__ import annotations

from typing import Any

from fraisier.domain.values import FraiseConfig, HealthCheck
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.markers import finished

PROTOCOL = 1
TIMEOUT_SECONDS = 300.0
LOOK_SECONDS_MAX = 30.0
_LOOKS = frozenset(
    {"preflight", "is_prepared", "current_release", "is_running", "health_check", "logs"}
)


def request_of(
    provider: DeploymentProvider, fraise: FraiseConfig, method: str, release: str | None
) -> dict[str, Any]:
    """
    The request for one method, about a release or about none, in the order of its keys.

    Raises:
        FraisierError: ``provider-failed``: there is no such release.
    """
    check = fraise.environment.health_check
    known, variables = _release(provider, fraise, release)
    return {
        "protocol": PROTOCOL,
        "method": method,
        "fraise": fraise.name,
        "type": fraise.fraise.type,
        "environment": fraise.environment.name,
        **known,
        "scope": provider.control.scope,
        "fencing_token": provider.control.fencing_token,
        "timeout": _seconds(fraise, method),
        "health_check": None if check is None else _check(check),
        "options": fraise.environment.target.get("options") or {},
        "variables": variables,
    }


def _check(check: HealthCheck) -> dict[str, Any]:
    return {
        "path": check.path,
        "url": check.url,
        "timeout": check.timeout_seconds,
        "expected_status": check.expected_status,
    }


def _release(
    provider: DeploymentProvider, fraise: FraiseConfig, release: str | None
) -> tuple[dict[str, str | None], dict[str, str]]:
    variables = dict(fraise.environment.variables)
    if release is None:
        return dict.fromkeys(("release", "version", "commit", "release_folder")), variables
    folder = provider.release_folder(fraise, release)
    marker = finished(folder)
    version, commit = marker["version"], marker["git_commit"]
    declared = marker["snapshot"].get("variables", variables)
    known = {
        "release": release,
        "version": version,
        "commit": commit,
        "release_folder": str(folder),
    }
    return known, {**declared, **provider.facts(fraise, version, commit)}


def _seconds(fraise: FraiseConfig, method: str) -> float:
    """How long one call may take."""
    seconds = float(fraise.environment.target.get("timeout") or TIMEOUT_SECONDS)
    if method in _LOOKS:
        seconds = min(seconds, LOOK_SECONDS_MAX)
    check = fraise.environment.health_check
    if method == "health_check" and check is not None:
        seconds = max(1.0, min(seconds, check.timeout_seconds))
    return seconds
