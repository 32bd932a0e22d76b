"""Backups of a database: with every deployment, and by a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from fraisier.deployers.base import Deployer, Probe, Step, Work
from fraisier.deployers.hooks import with_hooks
from fraisier.deployers.jobs import Activate, JobsPreflight, Run
from fraisier.deployers.steps import Build, Fetch
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.backup import FILE_VARIABLE, BackupSettings, backups, let_go, make_backup
from fraisier.effects.dump import SUFFIXES, Dumper
from fraisier.effects.tools import tool
from fraisier.providers.backup_settings import backup_settings

CLIENT_HINT = "install the client programs of PostgreSQL"
_TOOLS = ("pg_dump", "pg_restore", "createdb", "dropdb", "psql")


def _settings(work: Work) -> BackupSettings:
    return backup_settings(work.fraise, work.provider.home(work.fraise))


def _made_by(work: Work) -> Path | None:
    """The backup that this deployment has made."""
    mark = f"-{work.deployment_id[:8]}."
    return next((path for path in backups(_settings(work)) if mark in path.name), None)


class BackupPreflight(JobsPreflight):
    """Also that it is known what to back up, and that the tools for it are there."""

    def act(self, work: Work) -> str:
        """Refuse what could only fail, by night and unseen."""
        settings = _settings(work)
        if settings.kind not in SUFFIXES:
            message = f"{work.fraise.label}: databases of type {settings.kind} are not backed up"
            raise FraisierError(message, code=self.failure)
        if settings.kind == "postgresql":
            for name in _TOOLS if settings.restore_check else _TOOLS[:2]:
                tool(name, CLIENT_HINT)
        elif not Path(settings.address).is_file():
            message = f"{work.fraise.label}: there is no database {settings.address}"
            raise FraisierError(message, code=self.failure)
        if work.fraise.environment.schedule and work.provider.name != "local":
            message = f"{work.fraise.label}: Fraisier itself backs up by schedule on local only"
            hint = "let a job with a script do it, or use target.provider: local"
            raise FraisierError(message, code=self.failure, hint=hint)
        return super().act(work)


class MakeBackup(Step):
    """Dump the database, look whether the dump is good, and let old ones go."""

    name, failure, doing = "backup", "backup-failed", "Backing the database up..."
    done = "This deployment has its backup"

    def plan(self, fraise: FraiseConfig) -> str:
        """Says which stay."""
        keep = fraise.environment.retention
        limits = [
            *([f"the newest {keep.count_max}"] if keep.count_max else []),
            *([f"those of {keep.days_max} days"] if keep.days_max else []),
        ]
        return f"Back the database up; {' and '.join(limits) or 'all'} are kept"

    def probe(self, work: Work) -> Probe:
        """Done when there is a file with the name of this deployment: it is whole and good."""
        return Probe.DONE if _made_by(work) else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Make one; only after it is there may others go."""
        settings = _settings(work)
        dumper = Dumper(work.time_left(), work.tell, work.fraise.secrets, work.should_stop)
        file = make_backup(settings, dumper, work.deployment_id[:8])
        for path in let_go(settings):
            work.tell(f"removed {path.name}")
        return f"Database backup created ({file.stat().st_size:,} bytes): {file}"


class AfterBackup(Run):
    """
    Run the script with the name of the new backup: to bring it elsewhere, say.

    Also when the release is the current one already, for the backup is new. It may run
    again after an attempt of unknown end.
    """

    doing = "Running the script after the backup..."
    always: ClassVar[bool] = True

    def probe(self, work: Work) -> Probe:
        """Done when its end was recorded."""
        return Probe.DONE if self.name in work.finished else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """In the new release, or in the current one when nothing was built."""
        built = work.workshop.is_finished(work.known_release)
        current = None if built else work.provider.current_release(work.fraise)
        return self._run(work, current or work.known_release.name)

    def variables(self, work: Work) -> Mapping[str, str]:
        """Where the backup is."""
        file = _made_by(work)
        return {} if file is None else {FILE_VARIABLE: str(file)}


class BackupDeployer(Deployer):
    """Check, back up, fetch and build what belongs to it, and put the schedule in force."""

    types: ClassVar[tuple[str, ...]] = ("backup",)

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """The backup comes first: it is made even when there is nothing new to build."""
        after = [AfterBackup()] if fraise.environment.script else []
        before = [BackupPreflight(), MakeBackup(), Fetch(), Build()]
        return with_hooks(fraise, before, [*after, Activate()])
