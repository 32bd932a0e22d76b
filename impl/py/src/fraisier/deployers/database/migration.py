"""The step ``migrate``: the database of the fraise gets the schema of the release."""

from __future__ import annotations

import contextlib

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.database.backup import restore_hint
from fraisier.deployers.database.confiture import Confiture, Standing
from fraisier.deployers.database.notes import Note, read_note, write_note
from fraisier.deployers.database.pggit import commit_schema
from fraisier.deployers.database.rebuilding import rebuild
from fraisier.deployers.database.rules import OWN, is_own, knows_deployment, refuse_rebuild
from fraisier.deployers.database.settings import DatabaseSettings
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.process import Stopped
from fraisier.effects.tools import find_tool

PROBE_SECONDS = 60.0


class Migrate(Step):
    """
    Migrations that are pending (``apply``), or the whole schema anew (``rebuild``).

    While the old release serves: a failure leaves it serving. What was applied is
    recorded with the release, also when a later migration failed.
    """

    name, failure, doing = "migrate", "migration-failed", "Running migrations..."

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._standing: Standing | None = None  # what the probe has just seen

    def plan(self, fraise: FraiseConfig) -> str:
        """Says what is done to which database."""
        settings = self._settings
        if settings.obstacle is not None:
            return f"Do not migrate: {settings.obstacle}"
        if not settings.rebuilds:
            return f"Apply the migrations of {settings.migrations} that are pending"
        refused = " (refused without --force)" if settings.is_production else ""
        return f"Drop all that is in the database and make it anew{refused}"

    def probe(self, work: Work) -> Probe:
        """Done when nothing is pending, or when this deployment has rebuilt the database."""
        reason = self._reason(work)
        with contextlib.suppress(FraisierError, Stopped):  # what is wrong, the act will say
            if reason is None and self._is_done(work):
                reason = "Already rebuilt" if self._settings.rebuilds else "No migration is pending"
        self.done = reason or self.done
        return Probe.DONE if reason else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Migrate, record where the database is now, and let pgGit commit."""
        settings = self._settings
        refuse_rebuild(settings, force=work.force)
        if self._is_fraisiers(work):
            raise FraisierError(f"{settings.label}: {OWN}", code=self.failure)
        try:
            return rebuild(work, settings) if settings.rebuilds else self._apply(work)
        except FraisierError as error:
            if error.code not in (self.failure, "step-timeout"):
                raise
            hint = "\n".join(filter(None, [error.hint, restore_hint(work)]))
            raise FraisierError(f"{error.message}\n{hint}", code=error.code, hint=hint) from error

    def _apply(self, work: Work) -> str:
        confiture = Confiture(work, self._settings)
        standing = self._standing or confiture.standing()
        note = self._plan(work, confiture, standing.pending)
        write_note(work, note)
        known, failure = set(standing.applied), None
        if standing.pending:
            work.tell(f"pending: {', '.join(standing.pending)}")
            versions, failure = confiture.up()
            known.update(confiture.standing().applied if failure else versions)
        done = tuple(version for version in note.versions if version in known)
        self._record(work, note._replace(versions=done))
        if failure is not None:
            kept = f"applied and kept: {', '.join(done)}" if done else "nothing was applied"
            raise FraisierError(f"{failure}\n{kept}", code=self.failure)
        return f"Database migrated to {done[-1]} ({len(done)} applied)" if done else self.done

    def _plan(self, work: Work, confiture: Confiture, pending: tuple[str, ...]) -> Note:
        """What is pending, and what somebody else applied and could not record."""
        compatible = self._settings.backward_compatible
        if compatible is None:
            compatible = not pending or confiture.is_harmless(pending)
        note, earlier = Note(work.deployment_id, pending, compatible), read_note(work)
        return note if earlier is None or earlier.recorded else earlier.joined(note)

    def _record(self, work: Work, done: Note) -> None:
        if done.versions:
            detail = {"strategy": "apply", "versions": list(done.versions)}
            work.record_migration(done.versions[-1], done.backward_compatible, detail)
        write_note(work, done._replace(recorded=True))
        if done.versions:
            commit_schema(work, self._settings, done.versions[-1])

    def _reason(self, work: Work) -> str | None:
        """Why there is nothing to do, or no way to do it."""
        settings = self._settings
        if settings.obstacle is not None:
            return f"Not migrated: {settings.obstacle}"
        if settings.rebuilds:
            return None
        if not (work.workshop.folder(work.known_release) / settings.migrations).is_dir():
            if "migrations" not in settings.explicit:
                return f"Not migrated: the release has no {settings.migrations}"
            return None
        if find_tool("confiture") is None and not settings.asks_for_migrations:
            return "Not migrated: confiture is not installed (pip install 'fraisier[databases]')"
        return None

    def _is_fraisiers(self, work: Work) -> bool:
        """Asked before anything else: also to look, confiture makes tables of its own."""
        own = is_own(self._settings, work.own_database)
        return own or knows_deployment(work, self._settings)

    def _is_done(self, work: Work) -> bool:
        note = read_note(work)
        if note is not None and not note.recorded:
            return False
        if note is not None and note.deployment_id == work.deployment_id:
            return True
        if self._settings.rebuilds or self._is_fraisiers(work):
            return False
        self._standing = Confiture(work, self._settings).standing(PROBE_SECONDS)
        return not self._standing.pending
