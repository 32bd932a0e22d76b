"""The columns of the matrix, each on one database, and the template that its cases copy."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conform import verdicts
from conform.cases import Case
from conform.databases import Scratch, empty, installed
from conform.implementation import Implementation
from conform.requirements import Requirement
from conform.surroundings import environment

DATABASE = "database"
INIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Target:
    """One column (an implementation, a URL, or the SQL itself) on one database."""

    column: str
    dialect: str
    implementation: Implementation | None = None
    url: str | None = None
    first: bool = True  # of the column's databases
    thorough: bool = True  # every example, also the long
    whole: bool = True  # also where it makes no difference which database it is

    @property
    def label(self) -> str:
        """Column and database, for messages."""
        return f"{self.column} on {self.dialect}"

    def applies(self, case: Case, requirements: Mapping[str, Requirement]) -> bool:
        """Whether the case is about this column, on this database, at all."""
        if "once" in case.tags and not self.first:
            return False
        if "postgresql" in case.tags and self.dialect != "postgresql":
            return False
        if "any-database" in case.tags and not (self.first or self.whole or case.leads):
            return False
        of_database = _profiles(case, requirements) == {DATABASE}
        if of_database != (self.column == DATABASE):
            return False
        return self.thorough or self._everyday(case)

    def _everyday(self, case: Case) -> bool:
        """
        Each scenario once on the first database. On the others one case of each requirement
        of the SQL, and of an implementation what is core.
        """
        if self.implementation is None:
            return case.leads or (self.first and case.row == 0)
        tags = case.tags
        return case.row == 0 and "thorough" not in tags and (self.first or "core" in tags)

    def declares(self, case: Case, requirements: Mapping[str, Requirement]) -> bool:
        """Whether the implementation says that it has what the case is about."""
        if self.url:
            # Its database is out of reach: that nothing changed in another one proves nothing.
            return "stateless" in case.tags and not case.looks_inside
        if self.implementation is None:
            return True
        return _profiles(case, requirements) <= set(self.implementation.profiles)

    def repro(self, case: Case) -> str:
        """The command that runs this case alone."""
        parts = ["conform run"]
        if self.url:
            parts += ["--url", self.url]
        elif self.implementation:
            parts += ["--impl", _short(self.implementation.folder)]
        return " ".join([*parts, "--database", self.dialect, "--only", f"'{case.key}'"])


def _profiles(case: Case, requirements: Mapping[str, Requirement]) -> set[str]:
    return {requirements[each].profile for each in case.requirements if each in requirements}


def _short(folder: Path) -> str:
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def template(target: Target, place: str, checkout: Path) -> tuple[Scratch, str | None]:
    """
    The database that every case of the target copies, and what is wrong with it.

    An implementation makes its own with ``db init``, and it must be what ``db/``
    says. When it is not, the suite's installation serves instead, so that the
    other requirements can still be judged.
    """
    reference = installed(target.dialect, place, checkout)
    if target.implementation is None:
        return reference, None
    made = empty(target.dialect, place)
    problem = _initialise(target.implementation, made.url) or _difference(target, made, reference)
    worse, better = (made, reference) if problem else (reference, made)
    worse.drop()
    return better, problem


def _initialise(implementation: Implementation, url: str) -> str | None:
    command = [*implementation.cli, "db", "init", "--database", url]
    with tempfile.TemporaryDirectory(prefix="conform-init-") as folder:
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                cwd=folder,
                env=environment(Path(folder)),
                stdin=subprocess.DEVNULL,
                timeout=INIT_SECONDS,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as reason:
            return f"db init: {reason}"
    said = " ".join((done.stderr or done.stdout).split())[-500:]
    return f"db init ended with {done.returncode}: {said}" if done.returncode else None


def _difference(target: Target, made: Scratch, reference: Scratch) -> str | None:
    """The implementation's installation must be exactly what ``db/`` holds."""
    expected = made.kind.catalog(reference.url)
    try:
        own = made.kind.catalog(made.url)
    except Exception as reason:  # a driver's own error: not even the version table is there
        return f"db init made no database of Fraisier: {reason}"
    different = sorted(set(own) ^ set(expected))
    if not different:
        return None
    names = ", ".join(sorted({f"{kind} {name}" for kind, name, *_ in different})[:5])
    return f"db init differs from db/ on {target.dialect}: {names}"


def verdict_of(found: str, case: Case, requirements: Mapping[str, Requirement]) -> str:
    """A failure of what is only a SHOULD or a MAY is a warning."""
    levels = {requirements[each].level for each in case.requirements if each in requirements}
    if found in verdicts.FINDINGS and "MUST" not in levels:
        return verdicts.WARN
    return found
