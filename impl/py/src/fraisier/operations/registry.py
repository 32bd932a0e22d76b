"""Make the database's registry equal to ``fraises.yaml``."""

from __future__ import annotations

from fraisier.config import Config, registry_document
from fraisier.db import Database, refuse
from fraisier.domain.values import Answer


def sync_registry(db: Database, config: Config, actor: str | None) -> Answer:
    """
    Tell the database what ``fraises.yaml`` says; equal to the last time changes nothing.

    Raises:
        FraisierError: ``invalid-argument``: the registry contradicts itself.

    SQL: fn_sync_registry
    """
    return refuse(db.call("fn_sync_registry", registry=registry_document(config), actor=actor))
