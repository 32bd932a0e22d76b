"""The pytest plugin: binds cases to items, supplies databases, gives verdicts."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.exceptions import StepDefinitionNotFoundError
from pytest_bdd.scenario import scenario_wrapper_template_registry

import conform.steps
import conform.world
from conform import lookup, verdicts
from conform import session as sessions
from conform.databases import Scratch
from conform.recorder import Recorder
from conform.session import Session
from conform.stash import TAGS, registry, shares

RECORDER = pytest.StashKey[Recorder]()
BROKEN_HARNESS = (verdicts.HarnessError, StepDefinitionNotFoundError)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the session is written."""
    parser.addoption("--conform-session", help="file written by conform run")


def pytest_configure(config: pytest.Config) -> None:
    """Read the session before the test module asks for it."""
    given = config.getoption("--conform-session")
    if given:
        lookup.install()
        sessions.use(Session.read(Path(given)))
        if not _only_distributes(config):
            _import(config, _modules(sessions.current()))


def _only_distributes(config: pytest.Config) -> bool:
    """Whether the items are run by other processes, each with the definitions of its own."""
    return bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")


def _import(config: pytest.Config, modules: Iterable[str]) -> None:
    """
    Load the modules, rewritten by pytest so that failures show their values.

    What is rewritten is kept beside the sources even where PYTHONDONTWRITEBYTECODE is set,
    as in many containers: a dozen processes would each take two seconds for it.
    """
    usual, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        for module in modules:
            config.pluginmanager.import_plugin(module)
    finally:
        sys.dont_write_bytecode = usual


def _modules(session: Session) -> Iterator[str]:
    """
    The worlds and step definitions of what is judged. Sentences about the database
    and about implementations are apart, so that neither can catch the other's.
    """
    of_database = session.implementation is None and session.url is None
    for package in (conform.world, conform.steps):
        for each in pkgutil.iter_modules(package.__path__):
            own = each.name.startswith("database") == of_database
            if own or package is conform.world or each.name == "effects":
                yield f"{package.__name__}.{each.name}"


def pytest_bdd_apply_tag(tag: str, function: Callable[..., Any]) -> bool:
    """Tags are requirement ids, no marks of pytest."""
    return True


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the items of the selected cases, each under its key, in the order of the session."""
    session = sessions.current()
    wanted = {identity[:3]: place for place, identity in enumerate(session.cases)}
    selected: dict[int, pytest.Item] = {}
    dropped: list[pytest.Item] = []
    for item in items:
        place = wanted.get(_identity_of(item, Path(session.scenarios)))
        if place is None:
            dropped.append(item)
            continue
        item.user_properties.append(("case", session.cases[place][3]))
        item.stash[TAGS] = _tags(item)
        selected[place] = item
    config.hook.pytest_deselected(items=dropped)
    items[:] = [selected[place] for place in sorted(selected)]


def _tags(item: pytest.Item) -> frozenset[str]:
    template: Any = scenario_wrapper_template_registry[item.obj]  # type: ignore[attr-defined]
    return frozenset(template.tags) | frozenset(template.feature.tags)


def _identity_of(item: pytest.Item, scenarios: Path) -> tuple[str, str, tuple[str, ...]]:
    template: Any = scenario_wrapper_template_registry[item.obj]  # type: ignore[attr-defined]
    file = Path(template.feature.filename).resolve().relative_to(scenarios.resolve())
    call = getattr(item, "callspec", None)
    example: dict[str, str] = call.params["_pytest_bdd_example"] if call else {}
    return file.as_posix(), template.name, tuple(example.values())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    """Give the verdict while the exception is still at hand."""
    outcome = yield
    report: Any = outcome.get_result()
    report.verdict = _verdict(report, call)
    if report.verdict not in (verdicts.PASS, None):
        recorder = item.stash.get(RECORDER, None)
        report.exchange = recorder.everything() if recorder else []
        report.step = recorder.step if recorder else None
        report.reason = _reason(call)


def _verdict(report: Any, call: pytest.CallInfo[None]) -> str | None:
    if report.skipped:
        return verdicts.UNTESTABLE
    if report.passed:
        return verdicts.PASS if report.when == "call" else None
    raised = call.excinfo.value if call.excinfo else None
    if isinstance(raised, BROKEN_HARNESS):
        return verdicts.HARNESS_ERROR
    if report.when == "call" or isinstance(raised, AssertionError):
        return verdicts.FAIL
    return verdicts.HARNESS_ERROR


def _reason(call: pytest.CallInfo[None]) -> str:
    if call.excinfo is None:
        return ""
    text = call.excinfo.exconly(tryshort=True)
    return text if len(text) <= 4000 else text[:4000] + " ..."


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Any) -> None:
    """A sentence that two definitions understand means whatever pytest finds first."""
    for step in scenario.steps:
        names = lookup.functions(step, request)
        if len(names) > 1:
            raise verdicts.HarnessError(f'"{step.name}" is defined by {" and by ".join(names)}')


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Any) -> None:
    """Remember at which step a scenario stopped."""
    recorder = request.node.stash.get(RECORDER, None)
    if recorder:
        recorder.step = f"{step.keyword} {step.name}"


@pytest.fixture
def session() -> Session:
    """What is judged in this run."""
    return sessions.current()


@pytest.fixture(autouse=True)
def recorder(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    """
    Everything that the scenario says to the implementation, and its answers. An answer
    that breaks the schema fails the scenario, whatever it asked about.
    """
    kept = Recorder()
    request.node.stash[RECORDER] = kept
    yield kept
    if kept.violations:
        raise AssertionError("\n".join(kept.violations[:20]))


@pytest.fixture
def scratch(request: pytest.FixtureRequest, session: Session) -> Iterator[Scratch]:
    """The scenario's own database, a copy of the run's template, or the shared one."""
    if shares(request.node, session):
        yield request.getfixturevalue("shared")(session, registry(request.node))[1]
        return
    template = Scratch(session.dialect, session.template_url, session.place)
    own = template.lend()
    yield own
    own.give_back()
