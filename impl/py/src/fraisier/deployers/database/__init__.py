"""
The databases of fraises: backed up, migrated or rebuilt, compiled for, seeded.

Fraisier's own database is none of them and is never touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from fraisier.deployers.base import Step
from fraisier.deployers.database.backup import Backup
from fraisier.deployers.database.compilation import Compile
from fraisier.deployers.database.diagnosis import diagnose_database
from fraisier.deployers.database.migration import Migrate
from fraisier.deployers.database.rules import check_database
from fraisier.deployers.database.seeding import SeedData
from fraisier.deployers.database.settings import settings_of
from fraisier.domain.values import FraiseConfig

__all__ = ["backup_steps", "check_database", "diagnose_database", "migrate_steps"]


def backup_steps(fraise: FraiseConfig) -> Sequence[Step]:
    """What comes before anything is fetched; nothing for a fraise without a database."""
    settings = settings_of(fraise)
    return () if settings is None else (Backup(settings),)


def migrate_steps(fraise: FraiseConfig) -> Sequence[Step]:
    """What comes after the build and before the switch."""
    settings = settings_of(fraise)
    if settings is None:
        return ()
    compile_ = [Compile(settings.compile)] if settings.compile else []
    seed = [SeedData(settings, settings.seed)] if settings.seed else []
    return (Migrate(settings), *compile_, *seed)
