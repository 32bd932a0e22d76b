"""Ask for a deployment or a rollback, or take the wish back."""

from __future__ import annotations

from dataclasses import dataclass

from fraisier.db import Database, refuse
from fraisier.domain.values import Answer


@dataclass(frozen=True, slots=True)
class Order:
    """What to deploy where. Without commit and branch: the environment's own branch."""

    fraise: str
    environment: str
    dry_run: bool = False
    force: bool = False
    trigger_type: str = "manual"
    git_branch: str | None = None
    git_commit: str | None = None
    actor: str | None = None


def request_deployment(db: Database, order: Order) -> Answer:
    """
    Queue one deployment and answer with it as ``pending``.

    Raises:
        FraisierError: ``unknown-fraise``, ``unknown-environment``, ``invalid-argument``,
            ``deployment-held``, ``queue-full``.

    SQL: fn_request_deployment
    """
    return refuse(
        db.call(
            "fn_request_deployment",
            fraise=order.fraise,
            environment=order.environment,
            dry_run=order.dry_run,
            force=order.force,
            trigger_type=order.trigger_type,
            git_branch=order.git_branch,
            git_commit=order.git_commit,
            actor=order.actor,
        )
    )


def request_rollback(
    db: Database,
    fraise: str,
    environment: str,
    to_version: str | None,
    trigger_type: str,
    actor: str | None,
    force: bool = False,
) -> Answer:
    """
    Queue a deployment of an older release: ``to_version``, else the one before.

    With ``force`` also one whose code may not run on what newer releases made of the
    fraise's database.

    Raises:
        FraisierError: ``unknown-fraise``, ``unknown-environment``, ``unknown-version``,
            ``already-current``, ``no-earlier-release``, ``migration-not-reversible``,
            ``queue-full``.

    SQL: fn_request_rollback
    """
    return refuse(
        db.call(
            "fn_request_rollback",
            fraise=fraise,
            environment=environment,
            to_version=to_version,
            trigger_type=trigger_type,
            actor=actor,
            force=force,
        )
    )


def cancel_deployment(
    db: Database, deployment_id: str, reason: str | None, actor: str | None
) -> Answer:
    """
    Cancel a deployment that waits, or ask the one that runs to stop before cutover.

    Raises:
        FraisierError: ``unknown-deployment``, ``deployment-finished``,
            ``past-point-of-no-return``.

    SQL: fn_cancel_deployment
    """
    return refuse(
        db.call("fn_cancel_deployment", deployment_id=deployment_id, reason=reason, actor=actor)
    )
