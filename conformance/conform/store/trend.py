"""How the columns went over the runs of a store, and what the newest run made worse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conform.report.matrix import ORDER
from conform.store.book import Store
from conform.store.compare import WORSE, kind_of

COUNTS = """
SELECT implementation, "database", run.id, started_at, "commit",
    count(*) FILTER (verdict = 'pass') AS passed,
    count(*) FILTER (verdict IN ('fail', 'untestable', 'harness-error')) AS failed,
    count(*) FILTER (verdict = 'flaky') AS flaky,
    count(*) AS results,
    round(sum(processor_seconds), 1) AS processor_seconds
FROM result JOIN run ON run.id = result.run
WHERE len(requirements) = 0 OR list_bool_or(
    list_transform(requirements, lambda r: r GLOB ?))
GROUP BY ALL
ORDER BY implementation, "database", started_at, run.id
"""
WORST = """
SELECT requirement, max(rank) FROM (
    SELECT unnest(requirements) AS requirement, list_position(?, verdict) - 1 AS rank
    FROM result WHERE run = ? AND implementation = ? AND "database" = ?)
WHERE requirement GLOB ? GROUP BY requirement ORDER BY requirement
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A column in one run."""

    run: str
    started_at: str
    commit: str | None
    passed: int
    failed: int
    flaky: int
    results: int
    processor_seconds: float | None


@dataclass(slots=True)
class Line:
    """A column over its runs, oldest first."""

    implementation: str
    database: str
    points: list[Point] = field(default_factory=list[Point])
    changes: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    @property
    def worse(self) -> bool:
        """Whether a requirement that held in the run before does not hold in the newest."""
        return any(kind_of(before, after) in WORSE for _, before, after in self.changes)

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        names = Point.__slots__
        return {
            "implementation": self.implementation,
            "database": self.database,
            "worse": self.worse,
            "runs": [{name: getattr(point, name) for name in names} for point in self.points],
            "changes": [
                {"requirement": requirement, "before": before, "after": after}
                for requirement, before, after in self.changes
            ],
        }


def lines(store: Store, requirement: str, last: int) -> list[Line]:
    """
    The newest ``last`` runs of each column, and which requirements the newest one changed.

    Requirements that only one of the two newest runs asked about are no change: runs of a
    selection are kept, too.
    """
    found: dict[tuple[str, str], Line] = {}
    for implementation, database, *rest in store.connection.execute(
        COUNTS, [requirement]
    ).fetchall():
        line = found.setdefault((implementation, database), Line(implementation, database))
        line.points.append(Point(*rest))
    for line in found.values():
        line.points = line.points[-last:]
        if len(line.points) > 1:
            line.changes = _changes(store, line, requirement)
    return list(found.values())


def _changes(store: Store, line: Line, requirement: str) -> list[tuple[str, str, str]]:
    old, new = (_worst(store, line, point.run, requirement) for point in line.points[-2:])
    return [
        (name, old[name], verdict)
        for name, verdict in new.items()
        if name in old and kind_of(old[name], verdict)
    ]


def _worst(store: Store, line: Line, run: str, requirement: str) -> dict[str, str]:
    """The worst verdict of each requirement is the requirement's."""
    values = [list(ORDER), run, line.implementation, line.database, requirement]
    found = store.connection.execute(WORST, values).fetchall()
    return {name: ORDER[rank] for name, rank in found}
