"""Look at a service, or stop and start it, outside of a deployment."""

from __future__ import annotations

from fraisier.db import Database
from fraisier.deployers import deployer_for
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig, HealthState, HealthStatus
from fraisier.operations.parts import Application
from fraisier.providers.base import DeploymentProvider


def health(app: Application, db: Database, fraise: str, environment: str) -> HealthStatus:
    """
    Look once and record what was seen.

    Raises:
        FraisierError: ``unknown-fraise``, ``unknown-environment``, ``not-deployed``,
            and what the provider raises.

    SQL: fn_record_health
    """
    selected, provider = _deployed(app, db, fraise, environment)
    status = provider.health_check(selected)
    _record(db, selected, status)
    return status


def logs(app: Application, db: Database, fraise: str, environment: str, lines: int = 100) -> str:
    """
    The newest lines of the service's output, redacted.

    Raises:
        FraisierError: like :func:`health`.
    """
    selected, provider = _selected(app, fraise, environment)
    text = provider.logs(selected, lines)
    if not text:
        _deployed(app, db, fraise, environment)
    return text


def stop(app: Application, db: Database, fraise: str, environment: str) -> bool:
    """
    Stop the service. It counts as down from then on, so that the next deployment
    of the same commit starts it again.

    Raises:
        FraisierError: like :func:`health`, and ``provider-failed``.

    SQL: fn_record_health
    """
    selected, provider = _deployed(app, db, fraise, environment)
    if not provider.stop(selected):
        raise FraisierError(f"{selected.label} does not stop", code="provider-failed")
    _record(db, selected, HealthStatus(HealthState.DOWN, "stopped on request"))
    return True


def start(app: Application, db: Database, fraise: str, environment: str) -> bool:
    """
    Start the release that served last.

    Raises:
        FraisierError: like :func:`health`, and ``provider-failed``.

    SQL: fn_record_health
    """
    selected, provider = _deployed(app, db, fraise, environment)
    if not provider.start(selected):
        raise FraisierError(f"{selected.label} does not start", code="provider-failed")
    _record(db, selected, HealthStatus(HealthState.UNKNOWN, "started on request"))
    return True


def _selected(
    app: Application, fraise: str, environment: str
) -> tuple[FraiseConfig, DeploymentProvider]:
    selected = app.config.select(fraise, environment)
    target = app.provider(selected.environment.provider)
    return selected, deployer_for(selected.fraise.type).provider(target, selected)


def _deployed(
    app: Application, db: Database, fraise: str, environment: str
) -> tuple[FraiseConfig, DeploymentProvider]:
    selected, provider = _selected(app, fraise, environment)
    rows = db.read("v_release", {"fraise": fraise, "environment": environment}, limit=1)
    if not rows:
        raise FraisierError(f"{selected.label} has never been deployed", code="not-deployed")
    return selected, provider


def _record(db: Database, selected: FraiseConfig, status: HealthStatus) -> None:
    db.call(
        "fn_record_health",
        fraise=selected.name,
        environment=selected.environment.name,
        status=str(status.state),
        message=status.message,
    )
