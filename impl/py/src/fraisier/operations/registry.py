"""Bring the registry in the database up to date with ``fraises.yaml``."""

from __future__ import annotations

from fraisier.config import Config, registry_document
from fraisier.db import Database, refuse
from fraisier.domain.values import Answer


def sync_registry(db: Database, config: Config, actor: str | None) -> Answer:
    """
    Make the registry equal to the configuration; ``unchanged`` when it is already.

    Raises:
        FraisierError: ``invalid-argument`` and the database's own codes.

    SQL: fn_sync_registry
    """
    return refuse(db.call("fn_sync_registry", registry=registry_document(config), actor=actor))
