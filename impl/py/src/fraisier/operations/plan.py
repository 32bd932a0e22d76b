"""What a deployment would do, and whether this version can do it at all."""

from __future__ import annotations

from dataclasses import dataclass

from fraisier.deployers import PlannedStep, plan
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.providers.registry import provider_class


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a deployment, and why it could not be carried out as things are."""

    steps: tuple[PlannedStep, ...]
    warnings: tuple[str, ...]


def plan_deployment(selected: FraiseConfig) -> Plan:
    """The plan for ``--dry-run``. Needs no database, no daemon and no privileges."""
    warnings = tuple(obstacle.message for obstacle in _obstacles(selected))
    return Plan(tuple(plan(selected)), warnings)


def check_deployable(selected: FraiseConfig) -> None:
    """
    Refuse, before anything is recorded, what this version cannot deploy at all.

    Raises:
        FraisierError: ``unknown-provider``, ``provider-unavailable``.
    """
    for obstacle in _obstacles(selected):
        raise obstacle


def check_asked_for(selected: FraiseConfig, branch: str | None, commit: str | None) -> None:
    """
    Refuse to guess what to deploy where only patterns and tags lead.

    Raises:
        FraisierError: ``preflight-failed``, with the way out.
    """
    environment = selected.environment
    followed = environment.branches + environment.tags
    if branch is None and commit is None and environment.own_branch is None and followed:
        message = f"{selected.label} follows {', '.join(followed)}: no branch of its own"
        hint = "say what to deploy: --branch NAME (a branch or a tag), or --commit SHA"
        raise FraisierError(message, code="preflight-failed", hint=hint)


def _obstacles(selected: FraiseConfig) -> list[FraisierError]:
    found: list[FraisierError] = []
    try:
        provider_class(selected.environment.provider)
    except FraisierError as error:
        found.append(error)
    return found
