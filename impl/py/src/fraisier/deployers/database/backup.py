"""The step ``backup``: the database of the fraise, before anything is done to it."""

from __future__ import annotations

import re
from pathlib import Path

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.database.rules import OWN, is_own
from fraisier.deployers.database.settings import DatabaseSettings, settings_of
from fraisier.deployers.database.tools import CLIENT_HINT
from fraisier.domain.values import FraiseConfig
from fraisier.effects.clock import stamp
from fraisier.effects.dump import SUFFIXES, Dumper, Source
from fraisier.effects.tools import find_tool, tool

_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f-]+\.(?:dump|sqlite3)")  # and nobody else's file


class Backup(Step):
    """
    A dump of the database, looked at and kept on this machine.

    ``<home>/backups/TIME-DEPLOYMENT.dump`` (PostgreSQL, custom format) or ``.sqlite3``;
    the newest ``backups_kept`` stay.
    """

    name, failure, doing = "backup", "backup-failed", "Backing the database up..."

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings

    def plan(self, fraise: FraiseConfig) -> str:
        """Says whether and how many are kept."""
        if not self._settings.backup:
            return "Do not back the database up (database.backup)"
        return f"Back the database up; the newest {self._settings.backups_kept} are kept"

    def probe(self, work: Work) -> Probe:
        """Done when this deployment has its backup, or when none is to be made."""
        reason = self._reason(work)
        if reason is None and backup_of(work) is not None:
            reason = "Already backed up"
        self.done = reason or self.done
        return Probe.DONE if reason else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Dump into a file of its own, then remove the oldest."""
        source = self._source()
        if source.kind == "postgresql":
            tool("pg_dump", CLIENT_HINT)
        name = f"{stamp()}-{work.deployment_id}{SUFFIXES[source.kind]}"
        file = backup_folder(work) / name
        self._sweep(file.parent)
        dumper = Dumper(work.time_left(), work.tell, work.fraise.secrets, work.should_stop)
        size = dumper.dump(source, file)
        self._tidy(file.parent)
        return f"Database backup created ({size:,} bytes): {file}"

    def _source(self) -> Source:
        address = self._settings.url if self._settings.kind == "postgresql" else self._settings.path
        return Source(str(self._settings.kind), str(address))

    def _reason(self, work: Work) -> str | None:
        """Why there is nothing to back up, or no way to."""
        settings = self._settings
        if not settings.backup:
            return "Not backed up: the database is rebuilt, or database.backup is false"
        if is_own(settings, work.own_database):
            return f"Not backed up: {OWN}"
        if settings.kind == "sqlite":
            return _reason_of_file(settings)
        if settings.obstacle is not None:
            return f"Not backed up: {settings.obstacle}"
        if find_tool("pg_dump") is None and "backup" not in settings.explicit:
            return "Not backed up: pg_dump is not installed"
        return None

    def _sweep(self, folder: Path) -> None:
        """What killed attempts have left: only who has the lease backs up here."""
        for path in folder.glob(".*.partial"):
            path.unlink(missing_ok=True)

    def _tidy(self, folder: Path) -> None:
        files = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
        for path in files[: -self._settings.backups_kept]:
            path.unlink(missing_ok=True)


def backup_folder(work: Work) -> Path:
    """Where the backups of the fraise in this environment are."""
    return work.provider.home(work.fraise) / "backups"


def backup_of(work: Work) -> Path | None:
    """The backup that this deployment has made."""
    # A file that is not whole yet begins with a dot.
    found = sorted(backup_folder(work).glob(f"[0-9]*-{work.deployment_id}.*"))
    return found[-1] if found else None


def restore_hint(work: Work) -> str:
    """How to get back what the database was before this deployment."""
    file, settings = backup_of(work), settings_of(work.fraise)
    if file is None or settings is None:
        return "there is no backup of this deployment"
    if settings.kind == "sqlite":
        return f"the database as it was before: {file}"
    return f"to go back: pg_restore --clean --if-exists --dbname=... {file}"


def _reason_of_file(settings: DatabaseSettings) -> str | None:
    if settings.path is None:
        return "Not backed up: database.path is not set"
    if not settings.is_here:
        return "Not backed up: the file is on the target, not on this machine"
    if not Path(settings.path).is_file():
        return f"Nothing to back up: there is no database {settings.path} yet"
    return None
