"""Two runs, or two columns of one, side by side: what got worse, and what got better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conform import verdicts

Record = Mapping[str, Any]
Key = tuple[str, str, str, str]  # implementation, database, file, scenario

REGRESSED, LOST, FIXED, GAINED, CHANGED = "regressed", "lost", "fixed", "gained", "changed"
WORSE = (REGRESSED, LOST)
BAD = verdicts.FINDINGS | {verdicts.HARNESS_ERROR}
ABSENT = "absent"
UNJUDGED = frozenset({ABSENT, verdicts.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared: the results of a run, of all its columns or of some."""

    name: str
    results: tuple[Record, ...]
    implementation: str | None = None
    database: str | None = None

    def judged(self) -> bool:
        """Whether anything was executed."""
        return any(each["verdict"] not in UNJUDGED for each in self.results)


@dataclass(frozen=True, slots=True)
class Difference:
    """A scenario that came out differently."""

    kind: str
    column: str
    file: str
    scenario: str
    requirements: tuple[str, ...]
    before: str
    after: str
    message: str = ""
    repro: str = ""

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def side(
    name: str,
    results: Iterable[Record],
    implementation: str | None = None,
    database: str | None = None,
) -> Side:
    """The results of the columns that are meant."""
    wanted = tuple(
        each
        for each in results
        if implementation in (None, each["implementation"]) and database in (None, each["database"])
    )
    return Side(name, wanted, implementation, database)


def differences(before: Side, after: Side, *, common: bool = False) -> list[Difference]:
    """
    Each scenario whose verdict differs, what is worse first.

    A column is compared with its namesake. Where both sides name an implementation (or a
    database), these two are compared, whatever they are called. With ``common`` only what
    both have executed counts.
    """
    named = (
        before.implementation is None or after.implementation is None,
        before.database is None or after.database is None,
    )
    old, new = _by_key(before, named), _by_key(after, named)
    found = [_difference(key, old.get(key), new.get(key)) for key in {**old, **new}]
    kinds = (REGRESSED, LOST, CHANGED, FIXED, GAINED)
    shown = [
        each for each in found if each and not (common and {each.before, each.after} & UNJUDGED)
    ]
    return sorted(shown, key=lambda each: (kinds.index(each.kind), each.column, each.file))


def worse(found: Iterable[Difference]) -> bool:
    """Whether anything that held does not hold, or is not asked, any more."""
    return any(each.kind in WORSE for each in found)


def kind_of(before: str, after: str) -> str | None:
    """What the step from one verdict to another is; None for nothing."""
    if before == after or {before, after} <= UNJUDGED:
        return None
    if after in BAD:
        return CHANGED if before in BAD else REGRESSED
    if after in UNJUDGED:
        return LOST
    if before in BAD:
        return FIXED
    return GAINED if before in UNJUDGED else CHANGED


def _by_key(of: Side, named: tuple[bool, bool]) -> dict[Key, Record]:
    return {
        (
            each["implementation"] if named[0] else "",
            each["database"] if named[1] else "",
            each["case"].rpartition(":")[0],
            each["scenario"],
        ): each
        for each in of.results
    }


def _difference(key: Key, old: Record | None, new: Record | None) -> Difference | None:
    before, after = (each["verdict"] if each else ABSENT for each in (old, new))
    kind = kind_of(before, after)
    if kind is None:
        return None
    known: Record = new or old or {}
    return Difference(
        kind=kind,
        column=" on ".join(each for each in key[:2] if each) or "both",
        file=key[2],
        scenario=key[3],
        requirements=tuple(known["requirements"]),
        before=before,
        after=after,
        message=str(known.get("message") or "") if after in BAD else "",
        repro=str(known.get("repro") or "") if after in BAD else "",
    )
