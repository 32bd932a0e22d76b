"""What ``fraises.yaml`` says about the database of a fraise, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fraisier.domain.values import FraiseConfig

BACKUPS_KEPT = 5
SEED_ROWS = 10
LOCAL_HOSTS = (None, "", "localhost", "127.0.0.1", "::1")


class Seed(NamedTuple):
    """Which tables get how many rows of made-up data."""

    tables: tuple[str, ...]
    rows: int = SEED_ROWS
    schema: str = "public"


class Compilation(NamedTuple):
    """Which file of a release ``fraiseql-cli`` compiles, and into which."""

    schema: str
    output: str = "schema.compiled.json"


class DatabaseSettings(NamedTuple):
    """
    The ``database`` of a fraise in one environment.

    ``explicit`` are the keys that the configuration has: what was asked for must work,
    what goes without saying is left out where its tool is absent.
    """

    label: str
    kind: str | None
    url: str | None
    path: str | None
    strategy: str
    is_production: bool
    is_here: bool
    explicit: frozenset[str]
    migrations: str
    environment: str
    backup: bool
    backups_kept: int
    seed: Seed | None
    compile: Compilation | None
    pggit: bool | None
    backward_compatible: bool | None

    @property
    def rebuilds(self) -> bool:
        """Whether a deployment drops the database and makes it anew."""
        return self.strategy == "rebuild"

    @property
    def migrates(self) -> bool:
        """Whether it is a database that can be migrated, at a known place."""
        return self.kind == "postgresql" and self.url is not None

    @property
    def seeds(self) -> bool:
        """Whether development data is loaded: never in production."""
        return self.migrates and self.seed is not None and not self.is_production

    @property
    def asks_for_migrations(self) -> bool:
        """Whether the configuration says how it is migrated."""
        return bool(self.explicit & {"strategy", "migrations", "environment"})

    @property
    def obstacle(self) -> str | None:
        """Why its database is left alone, or ``None``."""
        if self.kind == "postgresql":
            return None if self.url else "database.url is not set"
        if self.kind == "sqlite":
            return "fraiseql-confiture migrates PostgreSQL only"
        return f"nothing is done to databases of type {self.kind or 'unknown'}"


def settings_of(fraise: FraiseConfig) -> DatabaseSettings | None:
    """The settings of a fraise's database, ``None`` when it has none."""
    environment = fraise.environment
    database: Mapping[str, Any] | None = environment.database
    if not database:
        return None
    return DatabaseSettings(
        label=fraise.label,
        kind=database.get("type"),
        url=database.get("url") or None,
        path=database.get("path"),
        strategy=database.get("strategy", "apply"),
        is_production=environment.production or environment.name.lower().startswith("prod"),
        is_here=_is_here(environment.target),
        explicit=frozenset(database),
        migrations=database.get("migrations", "db/migrations"),
        environment=database.get("environment", environment.name),
        backup=database.get("backup", _backs_up(database)),
        backups_kept=database.get("backups_kept", BACKUPS_KEPT),
        seed=_seed(database["seed"]) if database.get("seed") else None,
        compile=Compilation(**database["compile"]) if database.get("compile") else None,
        pggit=database.get("pggit"),
        backward_compatible=database.get("backward_compatible"),
    )


def _is_here(target: Mapping[str, Any]) -> bool:
    """Whether the files of the service are on this machine."""
    hosts = (target.get("host"), *(target.get("hosts") or ()))
    return all(host in LOCAL_HOSTS for host in hosts)


def _seed(seed: Mapping[str, Any]) -> Seed:
    return Seed(seed["tables"], seed.get("count", SEED_ROWS), seed.get("schema", "public"))


def _backs_up(database: Mapping[str, Any]) -> bool:
    """What is made anew with every deployment is worth no backup unless that is asked for."""
    return database.get("strategy", "apply") != "rebuild"
