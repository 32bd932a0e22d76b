"""``fraisier doctor``: what would make a deployment fail, before it fails. Touches nothing."""

from __future__ import annotations

from collections.abc import Iterator

from fraisier.config import Config, ConfigurationError
from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem
from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig
from fraisier.operations import (
    doctor_machine,
    doctor_reconcile,
    doctor_records,
    doctor_targets,
    doctor_webhooks,
)
from fraisier.operations.parts import Application


def examine(
    app: Application, database_url: str, fraise: str | None, environment: str | None
) -> list[Finding]:
    """
    Look at everything that deployments of one environment, of one fraise or of all need.

    Raises:
        FraisierError: ``unknown-fraise``, ``unknown-environment``.
    """
    chosen = _chosen(app.config, fraise, environment)
    found: list[Finding] = [_configuration(app.config)]
    found += doctor_machine.look(app, chosen)
    found += doctor_records.look(app, chosen, database_url)
    found += doctor_webhooks.look(app.config, chosen)
    found += doctor_reconcile.look(chosen)
    found += doctor_targets.look(app, chosen)
    return [_redacted(each, app.config.secrets) for each in dict.fromkeys(found)]


def complaints(error: FraisierError) -> list[Finding]:
    """What is wrong with a configuration that cannot be loaded: nothing else was looked at."""
    if isinstance(error, ConfigurationError):
        return [problem(each.message, each.at(error.file), each.hint) for each in error.problems]
    return [problem(error.message, error.at, error.hint)]


def _chosen(config: Config, fraise: str | None, environment: str | None) -> list[FraiseConfig]:
    if fraise is not None and environment is not None:
        return [config.select(fraise, environment)]
    names = [fraise] if fraise is not None else list(config.fraises)
    return list(_selected(config, names))


def _selected(config: Config, names: list[str]) -> Iterator[FraiseConfig]:
    for name in names:
        for environment in config.fraise(name).environments:
            yield config.select(name, environment)


def _configuration(config: Config) -> Finding:
    number = sum(len(fraise.environments) for fraise in config.fraises.values())
    what = f"the configuration is valid: fraises {len(config.fraises)}, environments {number}"
    return fine(what, str(config.path))


def _redacted(found: Finding, secrets: frozenset[str]) -> Finding:
    texts = (found.what, found.where, found.hint)
    what, where, hint = (None if text is None else redact(text, secrets) for text in texts)
    return Finding(found.level, what or "", where, hint)
