"""
What a query costs does not grow with the history: every root field, by all of its arguments.

The cost is what the database itself says: the steps of SQLite's machine, and on PostgreSQL the
pages that it looks at. A plan that reads a table from end to end fails in both.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from fraisier.api.graphql import Executor
from fraisier.operations.registry import sync_registry
from fraisier.wiring import application

from bench.data import FRAISES, write_config
from bench.history import grow_postgresql, grow_sqlite

ROOT = Path(__file__).resolve().parents[1]
PLAN = json.loads((ROOT / "schema/compiled/CompiledSchema.json").read_text(encoding="utf-8"))
SHORT, LONG = 2_000, 20_000
BETWEEN = 30 * 24 * 3600 // SHORT  # seconds: the short one is what stats counts without being asked
RATIO = 1.5
# Trees grow a level now and then, and planners look at what there is.
ALLOWANCE = {"sqlite": 1_000, "postgresql": 60}
STEPS_MAX, STEPS_AT_ONCE = 2_000_000, 10
GROWING = {
    "tb_deployment", "tb_deployment_request", "tb_deployment_step", "tb_event", "tb_webhook_event",
}  # fmt: skip
FRAISE_OF_OLD = f"fraise_{FRAISES - 1}"
# PostgreSQL does not know whose list it is when it plans, takes all fraises for alike, and walks
# back from the newest deployment: far, for the one that was given up long ago.
GROWN = {
    "sqlite": set[str](),
    "postgresql": {
        "fraises",
        f'fraise(name: "{FRAISE_OF_OLD}")',
        f'deploymentHistory(fraiseId: "{FRAISE_OF_OLD}")',
        'deploymentHistory(fraiseId: "nobody")',
    },
}
VALUES: dict[str, Sequence[Any]] = {
    "fraise": (FRAISE_OF_OLD, "fraise_3", "nobody"),
    "name": (FRAISE_OF_OLD,),
    "environment": ("env_2", "nobody"),
    "fraiseId": (FRAISE_OF_OLD, "nobody"),
    "id": ("00000064-0000-7000-8000-000000000064",),
    "days": (1, 30),
}
DEEPEST = 3

Ask = Callable[[str, Sequence[Any]], tuple[Any, float]]


class Asked:
    """A database for the executor; ``cost`` is that of the last statement."""

    def __init__(self, dialect: str, ask: Ask) -> None:
        self.dialect = dialect
        self.cost = 0.0
        self._ask = ask

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """First column of the first row."""
        answer, self.cost = self._ask(sql, parameters)
        return answer


def questions() -> Iterator[tuple[str, str]]:
    """A document for each root field and each choice of its arguments, and what to call it."""
    for name, root in PLAN["queries"].items():
        given = [each for each in root["arguments"] if each["operator"] != "limit"]
        choices = [
            [f"{each['name']}: {json.dumps(value)}" for value in VALUES[each["name"]]]
            + ([] if each["type"].endswith("!") else [""])
            for each in given
        ]
        for chosen in itertools.product(*choices):
            arguments = ", ".join(filter(None, chosen))
            call = f"{name}({arguments})" if arguments else name
            yield call, f"{{ {call} {_selection(root['type'], 0)} }}"


def _selection(reference: str, depth: int) -> str:
    kind = PLAN["types"].get(reference.strip("[]!"))
    if kind is None:
        return ""
    fields: list[str] = []
    for name, field in kind["fields"].items():
        nested = field["type"].strip("[]!") in PLAN["types"]
        if nested and depth >= DEEPEST:
            continue
        limit = (
            "(limit: 3)" if any(a["name"] == "limit" for a in field.get("arguments", ())) else ""
        )
        fields.append(f"{name}{limit} {_selection(field['type'], depth + 1)}")
    return "{ " + " ".join(fields) + " }"


def _prepared(url: str, folder: Path) -> None:
    write_config(folder / "fraises.yaml")
    current = application(folder / "fraises.yaml", url, {}, folder)
    database = current.open_database()
    sync_registry(database, current.config, "test")
    database.close()


@contextlib.contextmanager
def _sqlite(folder: Path, count: int) -> Generator[Asked]:
    path = folder / f"{count}.db"
    _prepared(f"sqlite:///{path}", folder)
    grow_sqlite(str(path), count, BETWEEN)
    connection = sqlite3.connect(path)

    def ask(sql: str, parameters: Sequence[Any]) -> tuple[Any, float]:
        steps = 0

        def count_steps() -> bool:
            nonlocal steps
            steps += STEPS_AT_ONCE
            return steps > STEPS_MAX

        connection.set_progress_handler(count_steps, STEPS_AT_ONCE)
        row = connection.execute(sql, tuple(parameters)).fetchone()
        return row and row[0], steps

    try:
        yield Asked("sqlite", ask)
    finally:
        connection.close()


@contextlib.contextmanager
def _postgresql(folder: Path, count: int) -> Generator[Asked]:
    import psycopg

    server = os.environ["FRAISIER_TEST_POSTGRESQL_URL"]
    name = f"history_{count}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}".encode())
        url = f"{server.rpartition('/')[0]}/{name}"
        try:
            _prepared(url, folder)
            with psycopg.connect(url, autocommit=True) as connection:
                grow_postgresql(connection, count, BETWEEN)
                yield Asked("postgresql", _asking(connection, count))
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _asking(connection: Any, count: int) -> Ask:
    from psycopg import RawCursor

    def ask(sql: str, parameters: Sequence[Any]) -> tuple[Any, float]:
        cursor: Any = RawCursor(connection)
        row = cursor.execute(sql.encode(), parameters).fetchone()
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}".encode()
        told = cursor.execute(explain, parameters).fetchone()[0][0]["Plan"]
        walked = GROWING.intersection(_walked(told))
        assert count == SHORT or not walked, (walked, sql)
        return row and row[0], told["Shared Hit Blocks"] + told["Shared Read Blocks"]

    return ask


def _walked(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for child in plan.get("Plans", ()):
        yield from _walked(child)


HISTORIES = {"sqlite": _sqlite, "postgresql": _postgresql}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def histories(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Asked, Asked]]:
    """A short and a long history in each dialect."""
    if request.param == "postgresql" and not os.environ.get("FRAISIER_TEST_POSTGRESQL_URL"):
        pytest.skip("no PostgreSQL: FRAISIER_TEST_POSTGRESQL_URL is not set")
    folder, history = tmp_path_factory.mktemp("history"), HISTORIES[request.param]
    with history(folder, SHORT) as short, history(folder, LONG) as long:
        yield short, long


def _cost(database: Asked, document: str) -> float:
    executor = Executor(PLAN, cast("Any", database))
    result = asyncio.run(executor.execute(document, None, {}))
    assert result.executed, result.body
    return database.cost


def test_questions__every_root_field__is_asked() -> None:
    """A field or argument that is new has to be looked at here, too."""
    asked = {call.partition("(")[0] for call, _ in questions()}
    assert asked == set(PLAN["queries"])


def test_cost__ten_times_the_history__is_the_same(histories: tuple[Asked, Asked]) -> None:
    """Whatever is asked of a long history reads as much as it does of a short one."""
    short, long = histories
    grown: dict[str, tuple[float, float]] = {}
    for call, document in questions():
        few, many = _cost(short, document), _cost(long, document)
        if many > RATIO * few + ALLOWANCE[short.dialect]:
            grown[call] = few, many
    assert grown.keys() <= GROWN[short.dialect], grown
