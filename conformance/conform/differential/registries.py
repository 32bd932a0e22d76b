"""Hypothesis makes configurations: fraises, environments, rules of branches and tags."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

FRAISES = ("shop", "Shop", "étl", "o'b %s")
ENVIRONMENTS = ("live", "test")
PLACES = tuple((f, e) for f in FRAISES[:3] for e in ENVIRONMENTS)
BRANCHES = ("main", "Main", "feature/x", "feature/é", "*", "feature/*", "ma?n", "r-1.0")
TAGS = ("v1.0", "v*", "*", "v?.0")
TYPES = ("api", "worker", "etl", "scheduled", "backup", "custom")
PATHS = ("services/", "*.md", "app/é.py", "a?c", "[x]/")
KEYS = ("forge.test/acme/shop", "forge.test/acme/other")
EVENTS = ("started", "succeeded", "failed", "rolled_back", "cancelled")

Registry = dict[str, Any]


def maybe(strategy: st.SearchStrategy[Any], nothing: Any = None) -> st.SearchStrategy[Any]:
    """Mostly what the strategy makes."""
    return st.one_of(strategy, strategy, strategy, st.just(nothing))


def environment() -> st.SearchStrategy[Registry]:
    """One environment without its name."""
    return st.fixed_dictionaries(
        {"provider": st.sampled_from(["local", "docker-compose", "bare-metal"])},
        optional={
            "target": st.sampled_from([{}, {"port": 1}, {"a": {"é": [1, 2.5, None]}}]),
            "database": st.sampled_from([None, {"type": "postgresql", "name": "x"}]),
            "config": st.sampled_from([{}, {"k": True}]),
            "paths": st.one_of(st.none(), st.lists(st.sampled_from(PATHS), max_size=2)),
            "jobs": st.sampled_from([[], [{"name": "n", "schedule": "* * * * *", "script": "s"}]]),
        },
    )


def fraise(name: str) -> st.SearchStrategy[Registry]:
    """One fraise with one or two environments."""
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "type": st.sampled_from(TYPES),
            "environments": st.tuples(environment(), maybe(environment())).map(_named),
        },
        optional={
            "description": st.sampled_from([None, "", 'Sells "things".']),
            "repository": st.sampled_from([None, "", "https://forge.test/acme/shop.git"]),
            "repository_key": st.sampled_from([None, *KEYS]),
            "git_provider": st.sampled_from([None, "github", "gitlab"]),
            "only_provider": st.sampled_from([None, "github", "own"]),
            "reconcile": st.booleans(),
            "database": st.sampled_from([None, {"type": "postgresql"}]),
            "config": st.sampled_from([{}, {"a": 1}]),
        },
    )


def _named(made: tuple[Registry, Registry | None]) -> list[Registry]:
    return [{"name": name, **each} for name, each in zip(ENVIRONMENTS, made, strict=True) if each]


@st.composite
def registry(draw: st.DrawFn) -> Registry:
    """A registry that is sound: rules name what is there."""
    names = draw(st.permutations(FRAISES[:3]))[: draw(st.sampled_from([3, 3, 3, 2]))]
    fraises = [draw(fraise(name)) for name in names]
    there = [(f["name"], e["name"]) for f in fraises for e in f["environments"]]
    document: Registry = {
        "fraises": fraises,
        "branch_mapping": _rules(draw, "branch", BRANCHES, there),
    }
    if draw(st.booleans()):
        document["tag_mapping"] = _rules(draw, "tag", TAGS, there)
    if draw(st.booleans()):
        limits = st.sampled_from([1, 1, 2, 1000])
        document["settings"] = {"queue_limit": draw(limits), "reconcile_seconds": 300}
    if draw(st.sampled_from([True, True, False])):
        document["notifications"] = draw(channels())
    return document


def _rules(draw: st.DrawFn, kind: str, names: tuple[str, ...], there: list[Any]) -> list[Registry]:
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(there))
    chosen = draw(st.lists(pairs, max_size=4, unique=True))
    return [{kind: name, "fraise": f, "environment": e} for name, (f, e) in chosen]


def channels() -> st.SearchStrategy[list[Registry]]:
    """Up to two channels of notifications."""
    events = st.lists(st.sampled_from(EVENTS), min_size=1, max_size=5, unique=True)
    channel = st.fixed_dictionaries(
        {"name": st.sampled_from(["chat", "Mail"]), "events": events},
        optional={
            "fraises": st.sampled_from([None, ["shop"], []]),
            "environments": st.sampled_from([None, ["live"], ["live", "test"]]),
        },
    )
    return st.lists(channel, max_size=2, unique_by=lambda each: each["name"])


# What the contract refuses, by the place of the value: the keys that lead there.
WRONG: tuple[tuple[tuple[str, ...], tuple[Any, ...]], ...] = (
    (("fraises", "type"), ("queue", "", None)),
    (("fraises", "reconcile"), (1, "yes", [])),
    (("fraises", "environments", "provider"), ("", None)),
    (("fraises", "environments", "paths"), ("services/", {}, 1)),
    (("branch_mapping", "branch"), ("", None, "a[b")),
    (("branch_mapping", "fraise"), ("nobody", "", None)),
    (("tag_mapping", "tag"), ("", "v[0-9]")),
    (("tag_mapping", "environment"), ("nowhere", None)),
    (("settings", "queue_limit"), (0, 100001, 1.5, "5", True, -1)),
    (("settings", "reconcile_seconds"), (0, 86401, "300", [])),
    (("notifications", "name"), ("", None)),
    (("notifications", "events"), ([], None, ["late"], ["failed", "failed"], "failed", {})),
    (("notifications", "fraises"), ("shop", {}, 1)),
    (("notifications", "environments"), ("live", True)),
)


@st.composite
def broken(draw: st.DrawFn) -> Registry:
    """A registry in which one value was replaced by one that the contract refuses."""
    document = draw(registry())
    keys, values = draw(st.sampled_from(WRONG))
    holder: Any = document
    for key in keys[:-1]:
        inner: Any = holder.get(key)
        holder = inner[0] if inner and key != "settings" else inner
        if not holder:
            return document
    holder[keys[-1]] = copy.deepcopy(draw(st.sampled_from(values)))
    return document
