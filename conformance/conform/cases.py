"""The scenarios of the suite, read from the feature files, before anything binds them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conform.session import Identity

# Tags that are no requirement ids. stateless: needs nothing but a URL. once: no database
# takes part, so it runs on the first one only. shared: leaves nothing behind, so it may
# share a server with others. forges, strict-forges: share one that knows every forge.
# core: an everyday run has it on every database. thorough: only a thorough run has it.
# any-database: which one it is makes no difference, so the further ones have one case of
# each requirement, unless the run is a whole one.
# lab-*, graphql-http, octokit, schemathesis: needs what may not be there (labs.py). postgresql: the
# fraise has a database beside that of Fraisier, so it runs where there is a server.
PLAIN_TAGS = frozenset(
    [
        "any-database",
        "core",
        "forges",
        "graphql-http",
        "lab-browser",
        "lab-docker",
        "lab-mounts",
        "lab-postgresql",
        "lab-systemd",
        "octokit",
        "once",
        "postgresql",
        "schemathesis",
        "shared",
        "smoke",
        "stateless",
        "strict-forges",
        "thorough",
    ]
)

# Tags of scenarios that do not mind what others leave behind (world/registries.py).
SHARING = frozenset({"shared", "stateless", "forges", "strict-forges"})

# How steps begin that look into the database for what a When has changed.
EFFECTS = ("nothing changed", "nothing else changed", "these changed", "exactly these changed")


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario, or one row of an outline's examples: what one verdict is about."""

    file: str  # relative to scenarios/
    line: int
    scenario: str
    example: tuple[tuple[str, str], ...]
    requirements: tuple[str, ...]
    tags: frozenset[str]
    row: int = 0  # of the outline's examples
    leads: bool = True  # the first case of one of its requirements
    looks_inside: bool = False  # it asks what changed in the database

    @property
    def key(self) -> str:
        """The name of the case in commands and reports: ``file:line``."""
        return f"{self.file}:{self.line}"

    @property
    def identity(self) -> Identity:
        """How the pytest item of the case is found."""
        return self.file, self.scenario, tuple(value for _, value in self.example), self.key

    @property
    def title(self) -> str:
        """The scenario with the values of its example."""
        values = ", ".join(value for _, value in self.example)
        return f"{self.scenario} [{values}]" if values else self.scenario

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "case": self.key,
            "scenario": self.title,
            "requirements": list(self.requirements),
            "tags": sorted(self.tags),
        }

    def matches(self, pattern: str) -> bool:
        """Whether ``--only pattern`` means this case: a wildcard or a part of a name."""
        names = (self.key, self.file, self.title, *self.requirements)
        return any(pattern == n or fnmatch.fnmatchcase(n, pattern) for n in names) or any(
            pattern in name for name in (self.file, self.title, *self.requirements)
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that would let the suite be green without checking."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(slots=True)
class Collection:
    """What the feature files declare, and what is wrong with them."""

    cases: list[Case] = field(default_factory=list[Case])
    problems: list[Problem] = field(default_factory=list[Problem])
    ids: dict[str, set[str]] = field(default_factory=dict[str, set[str]])  # id -> files

    thens: list[tuple[str, tuple[str, ...]]] = field(
        default_factory=list[tuple[str, tuple[str, ...]]]
    )  # where each scenario is, and its sentences that say what must hold

    @property
    def files(self) -> set[str]:
        """The feature files that have cases."""
        return {case.file for case in self.cases}


def collect(scenarios: Path, checkout: Path) -> Collection:
    """Read every feature file below ``scenarios``."""
    found = Collection()
    for path in sorted(scenarios.rglob("*.feature")):
        _read_feature(path, path.relative_to(scenarios).as_posix(), found, checkout)
    found.cases = list(_with_leaders(found.cases))
    return found


def _with_leaders(cases: Sequence[Case]) -> Iterator[Case]:
    known: set[str] = set()
    for case in cases:
        yield replace(case, leads=not known.issuperset(case.requirements))
        known.update(case.requirements)


def _read_feature(path: Path, file: str, found: Collection, checkout: Path) -> None:
    where = path.relative_to(checkout) if path.is_relative_to(checkout) else path
    document = _parse(path, where, found)
    feature = (document or {}).get("feature")
    if not feature:
        found.problems.append(
            Problem(f"{where}:1", "feature file without a feature: write one, or remove it")
        )
        return
    scenarios = list(_scenarios(feature, _tags(feature), ()))
    if not scenarios:
        found.problems.append(
            Problem(f"{where}:1", "feature file without a scenario: write one, or remove it")
        )
    names: dict[str, int] = {}
    for scenario, tags, background in scenarios:
        line, name = scenario["location"]["line"], scenario["name"]
        if name in names:
            text = f'scenario "{name}" has the name of the one in line {names[name]}: rename one'
            found.problems.append(Problem(f"{where}:{line}", text))
        names.setdefault(name, line)
        _check_steps(scenario, background, f"{where}:{line}", found)
        inside = _looks_inside((*background, *scenario["steps"]))
        _add_cases(scenario, tags, file, f"{where}:{line}", found, inside)


def _parse(path: Path, where: Path, found: Collection) -> Mapping[str, Any] | None:
    from gherkin.errors import CompositeParserException, ParserException
    from gherkin.parser import Parser

    try:
        return Parser().parse(path.read_text())
    except (CompositeParserException, ParserException) as reason:
        found.problems.append(Problem(f"{where}:1", " ".join(str(reason).split())))
        return None


def _tags(node: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(tag["name"].lstrip("@") for tag in node.get("tags", ()))


def _scenarios(
    node: Mapping[str, Any], tags: tuple[str, ...], background: Sequence[Any]
) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...], Sequence[Any]]]:
    for child in node["children"]:
        if "background" in child:
            background = [*background, *child["background"]["steps"]]
        elif "rule" in child:
            yield from _scenarios(child["rule"], (*tags, *_tags(child["rule"])), background)
        else:
            scenario = child["scenario"]
            yield scenario, (*tags, *_tags(scenario)), background


def _check_steps(
    scenario: Mapping[str, Any], background: Sequence[Any], where: str, found: Collection
) -> None:
    thens = tuple(_outcomes((*background, *scenario["steps"])))
    found.thens.append((where, thens))
    if not scenario["steps"]:
        found.problems.append(Problem(where, "scenario without steps: write them, or remove it"))
    elif not thens:
        found.problems.append(Problem(where, "scenario without a Then: say what must hold"))


def _outcomes(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is said after Then, and after the And that belongs to it."""
    kind = ""
    for step in steps:
        kind = kind if step["keywordType"] == "Conjunction" else step["keywordType"]
        if kind == "Outcome":
            yield step["text"]


def _looks_inside(steps: Sequence[Mapping[str, Any]]) -> bool:
    return any(step["text"].startswith(EFFECTS) for step in steps)


def _add_cases(
    scenario: Mapping[str, Any],
    tags: tuple[str, ...],
    file: str,
    where: str,
    found: Collection,
    inside: bool,
) -> None:
    requirements = tuple(dict.fromkeys(tag for tag in tags if tag not in PLAIN_TAGS))
    for each in requirements:
        found.ids.setdefault(each, set()).add(file)
    if not requirements:
        found.problems.append(
            Problem(
                where, "scenario without the id of a requirement: tag it with the one it checks"
            )
        )
    plain = frozenset(tags) & PLAIN_TAGS
    line, name = scenario["location"]["line"], scenario["name"]
    if not scenario["examples"]:
        if "outline" in scenario["keyword"].lower():
            found.problems.append(
                Problem(where, "outline without Examples: add a table, or make it a Scenario")
            )
        alone = Case(file, line, name, (), requirements, plain, looks_inside=inside)
        found.cases.append(alone)
    seen: set[tuple[tuple[str, str], ...]] = set()
    for examples in scenario["examples"]:
        if not examples.get("tableBody"):
            at = f"{where.rpartition(':')[0]}:{examples['location']['line']}"
            found.problems.append(
                Problem(at, "Examples without a row: add one, or remove the table")
            )
            continue
        for row, example in _rows(examples):
            if example in seen:
                at = f"{where.rpartition(':')[0]}:{row}"
                found.problems.append(Problem(at, "example comes twice: remove one"))
            seen.add(example)
            number = len(seen) - 1
            case = Case(file, row, name, example, requirements, plain, number, looks_inside=inside)
            found.cases.append(case)


def _rows(examples: Mapping[str, Any]) -> Iterator[tuple[int, tuple[tuple[str, str], ...]]]:
    header = [cell["value"] for cell in examples["tableHeader"]["cells"]]
    for row in examples["tableBody"]:
        values = [cell["value"] for cell in row["cells"]]
        yield row["location"]["line"], tuple(zip(header, values, strict=True))
