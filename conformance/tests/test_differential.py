"""Differential runs: what differs is found and made short, what only looks different is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conform.differential import language
from conform.differential.canonical import Canon, first_difference
from conform.differential.compare import Comparison, DifferentError, difference
from conform.differential.hunt import Hunt, save
from conform.differential.language import Trace
from conform.differential.phrases import traces
from conform.differential.player import Played, SqlPlayer
from conform.differential.session import sql_comparison, surface_comparison
from conform.differential.shrink import shortened
from conform.differential.sql import OnServer
from conform.differential.surface_phrases import surface_traces
from conform.miniature import ROOT
from conform.runfolder import run_folder
from conform.verdicts import SetupError

SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
CORPUS = sorted((ROOT / "conformance" / "corpus").glob("sql-*.yaml"))
needs_server = pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is unset")
FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"


@pytest.fixture(scope="module")
def comparison() -> Iterator[Comparison]:
    """SQLite and PostgreSQL at the SQL level."""
    with sql_comparison({"postgresql": SERVER}) as made:
        yield made


@dataclass
class Fake:
    """Answers a step with what it is told to, by its verb."""

    name: str
    wrong: str = ""
    played: list[Trace] = field(default_factory=list[Trace])

    def play(self, trace: Trace) -> Played:
        """Right, but for one verb."""
        self.played.append(trace)
        answers = [f"{s['do']}{'!' if s['do'] == self.wrong else ''}" for s in trace.steps]
        return Played(answers=answers, codes=[""] * len(answers))


# -- what is the same, and what is not ---------------------------------------------------


def test_canon__other_ids_times_and_numbers__are_the_same() -> None:
    """Two databases never agree on those."""
    left: list[Any] = [{"id": FIRST, "pk_event": 7, "message": f"about {FIRST}"}, {"id": SECOND}]
    right: list[Any] = [{"id": SECOND, "pk_event": 9, "message": f"about {SECOND}"}, {"id": FIRST}]
    assert Canon().of(left) == Canon().of(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([FIRST, FIRST], [FIRST, SECOND]),
        ({"pk_event": [1, 2]}, {"pk_event": [1, 1]}),
        (True, 1),
        (None, ""),
        ({"a": 1}, {}),
        (["a", "b"], ["b", "a"]),
        ("2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00.000Z"),
        ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z"),
        ({"duration_seconds": 1.0}, {"duration_seconds": 31.0}),
        ({"duration_seconds": 1.0}, {"duration_seconds": None}),
    ],
)
def test_canon__what_means_something_else__differs(left: Any, right: Any) -> None:
    """Which id it is, which comes first, how far away a time is, and what is true."""
    assert first_difference(Canon().of(left), Canon().of(right))


def test_difference__log_that_the_model_refuses__is_one() -> None:
    """Both agree, and both are wrong."""
    played = {
        name: Played(answers=[None], violations=["it ended twice"]) for name in ("one", "two")
    }
    assert "it ended twice" in difference(Trace([{"do": "reap"}]), played)


def test_difference__contents__are_compared() -> None:
    """The same answers with something else behind them."""
    played = {n: Played(answers=[None], contents={"tb_lease": [n]}) for n in ("one", "two")}
    assert "tb_lease" in difference(Trace([{"do": "reap"}]), played)


# -- finding and shortening ---------------------------------------------------------------


def test_hunt__one_verb_is_answered_differently__is_found_and_short(tmp_path: Path) -> None:
    """What is left is the one step that it takes, saved so that it can be replayed."""
    compared = Comparison([Fake("one"), Fake("two", wrong="cancel")])
    told: list[str] = []
    found = Hunt(compared, traces(), 100, 1, told.append).run()
    assert found is not None
    assert [step["do"] for step in found.trace.steps] == ["cancel"]
    path = save(found, tmp_path)
    assert language.read(path).steps == list(found.trace.steps)
    with pytest.raises(DifferentError, match="cancel"):
        compared.check(language.read(path))


def test_hunt__same_seed__makes_the_same_traces() -> None:
    """The command that is printed finds the same again."""
    runs: list[list[Trace]] = []
    for _ in range(2):
        fake = Fake("one")
        assert Hunt(Comparison([fake, Fake("two")]), traces(), 20, 7, lambda _: None).run() is None
        runs.append(fake.played)
    assert runs[0] == runs[1]


def test_shortened__command_id_is_used_again__goes_along() -> None:
    """A step that repeats another still repeats it when others are gone."""
    steps = [{"do": "reap"}, {"do": "claim"}, {"do": "reap"}, {"do": "cancel", "again": 1}]

    def shows(trace: Trace) -> bool:
        return any(
            "again" in each and trace.steps[each["again"]]["do"] == "claim" for each in trace.steps
        )

    short = shortened(Trace(steps), shows)
    assert [each["do"] for each in short.steps] == ["claim", "cancel"]
    assert short.steps[1]["again"] == 0


@pytest.mark.parametrize(
    "step", [{"do": "dance"}, {}, {"do": "reap", "again": 0}, {"do": "reap", "again": 5}]
)
def test_problems__step_that_nobody_understands__is_told(step: dict[str, Any]) -> None:
    """A corpus with a mistake in it would check nothing."""
    assert language.problems(Trace([step]))


# -- the databases ------------------------------------------------------------------------


@needs_server
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_corpus__once_different__is_the_same(comparison: Comparison, path: Path) -> None:
    """What was found and mended stays mended."""
    comparison.check(language.read(path))


@needs_server
def test_generated__few_dozen__are_the_same(comparison: Comparison) -> None:
    """Other ones every day would make a test that fails by chance: these are always the same."""
    assert Hunt(comparison, traces(), 24, 1, lambda _: None).run() is None
    assert len(comparison.codes) > 10


PLACE = {"fraise": "shop", "environment": "live"}
REGISTRY = {
    "fraises": [
        {"name": "shop", "type": "api", "environments": [{"name": "live", "provider": "local"}]}
    ]
}
CLAIM = {"do": "claim", "worker": "w", "lease_seconds": 60, "deployment": 0}
MINE = {"deployment": 0, "token": 0}
LIFE: list[dict[str, Any]] = [
    {"do": "sync", "registry": REGISTRY},
    {"do": "deploy", **PLACE},
    *(each for _ in range(3) for each in (CLAIM, {"do": "pass", "seconds": 70})),
    CLAIM,
    {"do": "cancel", "deployment": 0},
    {"do": "complete", **MINE, "status": "failed", "error_message": "It broke."},
]
FAULTS = {
    "another outcome": ("fn_cancel_deployment.sql", "'cancel-requested'", "'cancelled'"),
    "something is forgotten": ("fx_end_deployment.sql", "released_at = l_now", "owner = owner"),
    "a rule is off by one": ("fx_claimable.sql", "d.attempt < 3", "d.attempt < 4"),
}


@needs_server
@pytest.mark.parametrize("name", FAULTS)
def test_check__fault_in_one_database__is_found(comparison: Comparison, name: str) -> None:
    """A rule that only one of them breaks shows in the answer, or in what is left."""
    file, good, bad = FAULTS[name]
    text = (ROOT / "db/postgresql/functions" / file).read_text()
    assert good in text
    server = comparison.players[1]
    assert isinstance(server, SqlPlayer)
    assert isinstance(server.database, OnServer)
    replaced = text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    comparison.check(Trace(LIFE))
    server.database.define(replaced.replace(good, bad))
    try:
        with pytest.raises(DifferentError):
            comparison.check(Trace(LIFE))
    finally:
        server.database.define(replaced)


@needs_server
def test_surface__generated__are_the_same_on_both_databases() -> None:
    """CLI, GraphQL and webhooks over one server a database, and a worker of the suite's."""
    with (
        run_folder() as folder,
        surface_comparison(_places(folder), [ROOT / "impl" / "py"]) as made,
    ):
        assert Hunt(made, surface_traces(), 3, 1, lambda _: None).run() is None
        assert [each.name for each in made.players] == ["py on postgresql", "py on sqlite"]


def test_surface__one_implementation_on_one_database__is_nothing_to_compare(tmp_path: Path) -> None:
    """It would always agree with itself."""
    places = {"sqlite": str(tmp_path)}
    with (
        pytest.raises(SetupError, match="nothing to compare"),
        surface_comparison(places, [ROOT / "impl" / "py"]),
    ):
        pass


def _places(folder: Path) -> dict[str, str]:
    return {"sqlite": str(folder), "postgresql": SERVER}


def test_run__no_server__says_that_there_is_nothing_to_compare() -> None:
    """Comparing SQLite with itself would always go well."""
    with pytest.raises(SetupError, match="no PostgreSQL"), sql_comparison({}):
        pass
