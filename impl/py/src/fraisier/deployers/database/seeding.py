"""The step ``seed``: made-up data for development, by ``fraiseql-data``."""

from __future__ import annotations

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.database.rules import OWN, is_own
from fraisier.deployers.database.settings import DatabaseSettings, Seed
from fraisier.deployers.database.tools import (
    CONFITURE_HINT,
    ask_database,
    quoted_name,
    run_in_release,
)
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.tools import tool


class SeedData(Step):
    """
    Rows for the tables that have none, so that a second run changes nothing.

    Never in a production environment, also not by force.
    """

    name, failure, doing = "seed", "seed-failed", "Loading development data..."

    def __init__(self, settings: DatabaseSettings, seed: Seed) -> None:
        self._settings = settings
        self._seed = seed

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the tables."""
        if self._settings.is_production:
            return "Load no development data: this is a production environment"
        return f"Load {self._seed.rows} rows into each of {', '.join(self._seed.tables)}"

    def probe(self, work: Work) -> Probe:
        """Done where it may not or cannot be done."""
        reason = self._reason(work)
        self.done = reason or self.done
        return Probe.DONE if reason else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Ask which tables are empty, and fill those."""
        empty = [table for table in self._seed.tables if self._is_empty(work, table)]
        if not empty:
            return "No table is empty: no data loaded"
        program = tool("fraiseql-data", CONFITURE_HINT)
        options = ["--count", str(self._seed.rows), "--schema", self._seed.schema]
        address = {"DATABASE_URL": str(self._settings.url)}
        done = run_in_release(work, [program, "seed", *options, "--", *empty], address)
        if not done.ok:
            raise FraisierError(f"fraiseql-data {done.describe()}", code=self.failure)
        if any(self._is_empty(work, table) for table in empty):
            said = "\n".join(done.tail)
            raise FraisierError(f"fraiseql-data left a table empty\n{said}", code=self.failure)
        return f"Development data loaded: {', '.join(empty)}"

    def _reason(self, work: Work) -> str | None:
        if self._settings.is_production:
            return "Not seeded: this is a production environment"
        if is_own(self._settings, work.own_database):
            return f"Not seeded: {OWN}"
        return f"Not seeded: {self._settings.obstacle}" if self._settings.obstacle else None

    def _is_empty(self, work: Work, table: str) -> bool:
        place = f"{quoted_name(self._seed.schema)}.{quoted_name(table)}"
        sql = f"SELECT NOT EXISTS (SELECT FROM {place});"
        done = ask_database(work, str(self._settings.url), sql)
        if not done.ok:
            raise FraisierError(f"{table}: psql {done.describe()}", code=self.failure)
        return done.stdout.strip() == "t"
