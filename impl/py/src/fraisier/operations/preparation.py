"""Put together what the steps of a deployment work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fraisier.deployers import Work, deployer_for
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact_values
from fraisier.domain.values import FraiseConfig
from fraisier.git.repository import Repository
from fraisier.operations.claim import Claim
from fraisier.operations.insisting import Insisting
from fraisier.operations.interruption import Interruption
from fraisier.operations.parts import Application
from fraisier.operations.plan import check_asked_for
from fraisier.operations.record import Record
from fraisier.providers.base import Control


def prepared(
    app: Application, db: Insisting, claim: Claim, interruption: Interruption, record: Record
) -> Work:
    """
    The work that a claim stands for, as the configuration is now.

    Raises:
        FraisierError: ``unknown-fraise``, ``unknown-environment``, ``provider-unavailable``,
            ``preflight-failed`` (without a repository, or nobody says which branch).
    """
    deployment = claim.deployment
    fraise = app.config.select(deployment["fraise"], deployment["environment"])
    # First, because nothing that the user adds to the configuration would help.
    provider = app.provider(fraise.environment.provider)
    address = _repository(fraise)
    control = Control(
        _environment_id(db, fraise), claim.fencing_token, interruption.urgent, record.line
    )
    if claim.release is None:
        check_asked_for(fraise, claim.branch, deployment.get("git_commit"))
    return Work(
        fraise=fraise,
        provider=deployer_for(fraise.fraise.type).provider(provider.under(control), fraise),
        repository=_cache(app, fraise, address, interruption.pending),
        deployment_id=claim.deployment_id,
        commit=deployment.get("git_commit"),
        branch=claim.branch or fraise.environment.own_branch,
        release=claim.release,
        tell=record.line,
        should_stop=interruption.pending,
        time_left=interruption.time_left,
        force=bool(claim.metadata.get("force")),
        kind=claim.metadata.get("deployment_kind") or "deploy",
        finished=claim.finished,
        begun=frozenset(step["step"] for step in claim.steps),
        own_database=app.database_url,
        record_migration=record.migration,
    )


def outward(fraise: FraiseConfig) -> dict[str, Any]:
    """The configuration of a release as it may be stored: no secrets, no values of variables."""
    environment = fraise.environment
    check = environment.health_check
    document = {
        "type": fraise.fraise.type,
        "provider": environment.provider,
        "target": dict(environment.target),
        "build": list(environment.build) if environment.build else None,
        "health_check": (check.url or check.path) if check else None,
        "variables": sorted(environment.variables),
    }
    return redact_values(document, fraise.secrets)


def _repository(fraise: FraiseConfig) -> str:
    if fraise.fraise.repository is None:
        hint = f"set fraises.{fraise.name}.git.repository"
        message = f"{fraise.name} has no repository"
        raise FraisierError(message, code="preflight-failed", hint=hint)
    return fraise.fraise.repository


def _cache(
    app: Application, fraise: FraiseConfig, address: str, should_stop: Callable[[], bool]
) -> Repository:
    return Repository(
        address,
        app.state_folder,
        secrets=fraise.secrets,
        should_stop=should_stop,
        seconds=fraise.environment.timeouts.fetch,
    )


def _environment_id(db: Insisting, fraise: FraiseConfig) -> str | None:
    where = {"fraise": fraise.name, "name": fraise.environment.name}
    rows = db.read("v_environment", where, limit=1)
    return rows[0]["id"] if rows else None
