"""Finding the definition of a sentence, once for each sentence instead of once a step."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

# As an attribute of the package, the function of the same name hides the module.
bdd: Any = importlib.import_module("pytest_bdd.scenario")
Definitions = list[tuple[Any, Any]]

_all: dict[int, Definitions] = {}
_known: dict[tuple[int, str, str], list[Any]] = {}


def install() -> None:
    """Let pytest-bdd ask here. All definitions are plugins': every test sees the same ones."""
    bdd.find_fixturedefs_for_step = definitions


def definitions(step: Any, fixturemanager: Any, node: pytest.Item) -> list[Any]:
    """The fixtures of the definitions that understand the step."""
    key = (id(fixturemanager), step.type, step.name)
    if key not in _known:
        found = _definitions(fixturemanager, node)
        _known[key] = [fixture for fixture, context in found if _understands(context, step)]
    return _known[key]


def functions(step: Any, request: pytest.FixtureRequest) -> list[str]:
    """The names of the functions that understand the step; there should be one."""
    manager: Any = request.session._fixturemanager  # pyright: ignore[reportPrivateUsage]
    contexts: list[Any] = [each.func() for each in definitions(step, manager, request.node)]
    found = {each.step_func for each in contexts}
    return sorted(f"{f.__module__}.{f.__qualname__}" for f in found)


def _definitions(manager: Any, node: pytest.Item) -> Definitions:
    if id(manager) not in _all:
        pairs = [
            (fixture, bdd.step_function_context_registry.get(fixture.func))
            for name in bdd.get_fixture_names(fixturemanager=manager)
            for fixture in bdd.getfixturedefs(manager, name, node) or ()
        ]
        _all[id(manager)] = [(fixture, context) for fixture, context in pairs if context]
    return _all[id(manager)]


def _understands(context: Any, step: Any) -> bool:
    same_kind = context.type is None or context.type == step.type
    return same_kind and bool(context.parser.is_matching(step.name))
