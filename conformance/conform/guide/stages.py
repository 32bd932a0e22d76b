"""The way through the profiles: which one comes next, and which requirement of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conform import verdicts
from conform.cases import Case
from conform.records import INIT_REQUIREMENT
from conform.requirements import Requirement

Known = Mapping[str, Requirement]
Record = Mapping[str, Any]

# Each builds on those before it. What there is to read about a profile.
READING: Mapping[str, tuple[str, ...]] = {
    "config": ("spec/fraises.schema.json", "docs/configuration.md", "spec/cli.yaml"),
    "cli": ("spec/cli.yaml", "docs/cli.md", "spec/errors.yaml"),
    "deploy": ("spec/lifecycle.yaml", "docs/deploying.md", "docs/crash-safety.md", "db/README.md"),
    "server": ("spec/start-contract.md", "spec/openapi.yaml", "docs/security.md"),
    "graphql": ("schema/compiled/CompiledSchema.json", "docs/graphql.md", "docs/subscriptions.md"),
    "webhook": ("docs/webhooks.md", "docs/routing.md", "spec/openapi.yaml"),
    "observer": ("docs/jobs.md", "docs/crash-safety.md", "spec/lifecycle.yaml"),
    "dashboard": ("docs/dashboard.md",),
}
ORDER = tuple(READING)
START = ("db/README.md (Installing and migrating)", "spec/start-contract.md")
HOLDS = frozenset({verdicts.PASS, verdicts.FLAKY, verdicts.WARN})


@dataclass(frozen=True, slots=True)
class Step:
    """The requirement that is next, with the finding that says so."""

    requirement: Requirement
    finding: Record
    reading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a profile holds."""

    profile: str
    held: int
    judged: int

    @property
    def complete(self) -> bool:
        """Nothing of it is left to do."""
        return self.held == self.judged > 0


def order(declared: Iterable[str]) -> list[str]:
    """The declared profiles in the order in which they are built."""
    return sorted(declared, key=ORDER.index)


def following(declared: Sequence[str]) -> str | None:
    """The profile to declare next; None after the last."""
    return next((each for each in ORDER if each not in declared), None)


def cases_of(
    profile: str, cases: Iterable[Case], known: Known, declared: Sequence[str]
) -> list[Case]:
    """The everyday cases that need the profile, and beside it only others that are declared."""
    earlier = {each for each in declared if ORDER.index(each) <= ORDER.index(profile)}
    found: list[Case] = []
    for case in cases:
        profiles = {known[each].profile for each in case.requirements if each in known}
        everyday = case.row == 0 and "thorough" not in case.tags
        if everyday and profile in profiles and profiles <= earlier:
            found.append(case)
    return found


def first_case(cases: Sequence[Case]) -> list[Case]:
    """One quick case: running it also tries ``db init``."""
    return sorted(cases, key=lambda each: ("smoke" not in each.tags, "once" not in each.tags))[:1]


def progress(profile: str, results: Iterable[Record], known: Known) -> Progress:
    """How many requirements of the profile hold, of those that were asked about."""
    worst: dict[str, bool] = {}
    for result in results:
        for name in result["requirements"]:
            if name in known and known[name].profile == profile and name != INIT_REQUIREMENT:
                worst[name] = worst.get(name, True) and result["verdict"] in HOLDS
    return Progress(profile, sum(worst.values()), len(worst))


def step(
    profile: str, results: Sequence[Record], known: Known, smoke: frozenset[str]
) -> Step | None:
    """
    The requirement to make hold now; None when all do.

    ``db init`` comes first, then what the smoke test asks, then the order of requirements.yaml.
    """
    places = {name: place for place, name in enumerate(known)}
    open_ends: list[tuple[tuple[bool, bool, int], Requirement, Record]] = []
    for result in results:
        if result["verdict"] in HOLDS or result["verdict"] == verdicts.NOT_APPLICABLE:
            continue
        for name in result["requirements"]:
            if name in known:
                rank = (name != INIT_REQUIREMENT, result["case"] not in smoke, places[name])
                open_ends.append((rank, known[name], result))
    if not open_ends:
        return None
    _, requirement, finding = min(open_ends, key=lambda each: each[0])
    reading = START if requirement.id == INIT_REQUIREMENT else READING[profile]
    return Step(requirement, finding, reading)
