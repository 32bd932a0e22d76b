"""What ``fraises.yaml`` says about the backups of a fraise, in one value."""

from __future__ import annotations

from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.backup import BackupSettings


def backup_settings(fraise: FraiseConfig, home: Path) -> BackupSettings:
    """
    The settings of a fraise of type ``backup``.

    Raises:
        FraisierError: ``preflight-failed``: it does not say which database.
    """
    environment = fraise.environment
    database = environment.database or {}
    address = database.get("url") or database.get("path")
    if not address:
        message = f"{fraise.label}: there is no database to back up"
        hint = "set database.url (PostgreSQL) or database.path (SQLite)"
        raise FraisierError(message, code="preflight-failed", hint=hint)
    return BackupSettings(
        kind=database.get("type") or ("postgresql" if database.get("url") else "sqlite"),
        address=str(address),
        folder=environment.destination or str(home / "backups"),
        # "@" is in no name, so no two fraises share a prefix
        prefix=f"{fraise.name}@{environment.name}",
        count_max=environment.retention.count_max,
        days_max=environment.retention.days_max,
        restore_check=environment.restore_check,
        timeout_seconds=environment.timeouts.backup,
        script=environment.script,
    )
