"""``fraiseql-confiture`` at work on the database of a fraise."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from fraisier.deployers.base import Work
from fraisier.deployers.database.environment_file import environment_file
from fraisier.deployers.database.settings import DatabaseSettings
from fraisier.deployers.database.tools import CONFITURE_HINT, run_in_release, secrets_of_url
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects.process import Completed
from fraisier.effects.tools import tool

# Tiers of its risk contract that code which ran before can live with.
_HARMLESS_TIERS = frozenset({"additive", "lock_risky"})
ANSWER_BYTES_MAX = 10_000_000
_EXIT_PENDING, _EXIT_NO_LEDGER = 1, 2


class Standing(NamedTuple):
    """Where a database is, seen from a release: versions of migrations, oldest first."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def head(self) -> str | None:
        """The newest migration of the release that was applied."""
        return self.applied[-1] if self.applied else None


class Applied(NamedTuple):
    """What ``up`` has done: the versions, and why it stopped short of the others."""

    versions: tuple[str, ...]
    failure: str | None = None


class _Answer:
    """The lines of an answer; one that is far too long is cut, and then it is none."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self._size = 0

    def take(self, line: bytes) -> None:
        self._size += len(line)
        if self._size <= ANSWER_BYTES_MAX:
            self.lines.append(line)


class Confiture:
    """
    The program, for one release and one database.

    Raises (every method):
        FraisierError: ``migration-failed`` with what it says, ``tool-missing``, ``step-timeout``.
        Stopped: The deployment was told to stop.
    """

    def __init__(self, work: Work, settings: DatabaseSettings) -> None:
        self._work = work
        self._settings = settings
        self._release = work.workshop.folder(work.known_release)

    @property
    def has_migrations(self) -> bool:
        """Whether the release has the folder of migrations."""
        return (self._release / self._settings.migrations).is_dir()

    def standing(self, seconds: float = float("inf")) -> Standing:
        """
        Where the database is, found out within these seconds. Looks only, but makes the
        tables in which confiture keeps its records when they are not there.
        """
        done, answer = self._run("status", seconds=seconds)
        if done.exit_status not in (0, _EXIT_PENDING, _EXIT_NO_LEDGER) or "pending" not in answer:
            raise self._failed("where the database is cannot be found out", done, answer)
        return Standing(tuple(answer.get("applied") or ()), tuple(answer["pending"] or ()))

    def up(self) -> Applied:
        """
        Apply what is pending, in order; what was applied before a failure stays. Those
        that are marked as destructive are applied by force only.
        """
        done, answer = self._run("up", *(["--allow-destructive"] if self._work.force else []))
        applied = _entries(answer, "applied")
        versions = tuple(str(entry["version"]) for entry in applied)
        for entry in applied:
            self._work.tell(f"applied {entry['version']} {entry.get('name', '')}")
        return Applied(versions, None if done.ok else self._said(done, answer))

    def rebuild(self) -> tuple[str, ...]:
        """Drop every schema, make the release's; the versions that count as applied now."""
        done, answer = self._run("rebuild", "--drop-schemas", "--yes")
        if not done.ok:
            raise self._failed("the database could not be made anew", done, answer)
        return tuple(str(entry["version"]) for entry in _entries(answer, "marked"))

    def is_harmless(self, versions: Collection[str]) -> bool:
        """
        Whether the code that ran before can run on the database after these migrations.

        Only when each is classified, and none changes or drops what was there.
        """
        done, answer = self._run("preflight", configured=False)
        changes = _entries(cast("Mapping[str, Any]", answer.get("change_set") or {}), "changes")
        tiers = {
            version: {change.get("tier") for change in changes if change["migration"] == version}
            for version in versions
        }
        classified = done.ok and all(tiers.values())
        return classified and set[Any]().union(*tiers.values()) <= _HARMLESS_TIERS

    def _run(
        self, verb: str, *options: str, configured: bool = True, seconds: float = float("inf")
    ) -> tuple[Completed, Mapping[str, Any]]:
        answer = _Answer()
        private = self._work.provider.home(self._work.fraise) / "database"
        program = tool("confiture", CONFITURE_HINT)
        with environment_file(self._settings, self._release, private) as file:
            config = ["--config", str(file)] if configured else []
            folder = ["--migrations-dir", str(self._migrations(private))]
            argv = [program, "migrate", verb, *config, *folder, *options, "--format", "json"]
            done = run_in_release(self._work, argv, {}, answer.take, seconds)
        return done, _object(answer.lines)

    def _said(self, done: Completed, answer: Mapping[str, Any]) -> str:
        """The error in its answer, else the last lines that it printed; without passwords."""
        error: Mapping[str, Any] = answer.get("error") or {}
        texts = [error.get("message"), *(answer.get("errors") or ()), answer.get("warning")]
        found = "\n".join(str(text) for text in texts if text)
        secrets = self._work.fraise.secrets | secrets_of_url(self._settings.url)
        return redact(found or f"confiture {done.describe()}", secrets)

    def _failed(self, what: str, done: Completed, answer: Mapping[str, Any]) -> FraisierError:
        return FraisierError(f"{what}: {self._said(done, answer)}", code="migration-failed")

    def _migrations(self, private: Path) -> Path:
        """The folder of the release, or an empty one: a rebuild wants one in any case."""
        if self.has_migrations:
            return Path(self._settings.migrations)
        empty = private / "no-migrations"
        empty.mkdir(mode=0o700, exist_ok=True)
        return empty


def _object(lines: Sequence[bytes]) -> Mapping[str, Any]:
    try:
        found: object = json.loads(b"\n".join(lines))
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def _entries(answer: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return list(cast("Sequence[Mapping[str, Any]]", answer.get(key) or ()))
