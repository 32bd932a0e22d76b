"""Which mutants are made of a script, and which are explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from conform.mutation.bench import Bench
from conform.mutation.equivalents import explained, stale, unexplained
from conform.mutation.job import KILLED, SURVIVED, Job, Outcome
from conform.mutation.mutants import mutants
from conform.mutation.selection import functions_behind
from conform.mutation.tokens import tokens
from conform.places import checkout
from conform.verdicts import SetupError

TRIGGER = """
CREATE VIEW fn_x (a, command_id) AS SELECT NULL, NULL WHERE FALSE;
CREATE TRIGGER fn_x_call INSTEAD OF INSERT ON fn_x
BEGIN
    UPDATE tb_x
    SET
        state = CASE WHEN NEW.a > 3 THEN 'big' WHEN NEW.a = 1 THEN 'one' ELSE 'small' END,
        seen = NEW.a
    WHERE id = NEW.a
        AND (old IS NULL OR age NOT BETWEEN 1 AND 9);
    INSERT INTO tb_event (kind) SELECT 'x; AND y' -- WHERE no
    WHERE EXISTS (SELECT 1 FROM tb_x WHERE id = NEW.a);
END;
"""


def names(sql: str) -> list[str]:
    """The names of the mutants of a script."""
    return [mutant.name for mutant in mutants("f.sql", sql)]


@pytest.mark.parametrize(
    "name",
    [
        "drop condition: id = NEW.a -> TRUE",
        "drop condition: (old IS NULL OR age NOT BETWEEN 1 AND 9) -> TRUE",
        "drop condition: old IS NULL -> FALSE",
        "drop condition: age NOT BETWEEN 1 AND 9 -> FALSE",
        "drop arm: WHEN NEW.a > 3 THEN 'big'",
        "drop arm: ELSE 'small'",
        "drop assignment: , seen = NEW.a",
        "turn: = -> <> in: WHERE id = NEW.a",
        "turn: IS -> IS NOT in: AND (old IS NULL OR age NOT BETWEEN 1 AND 9);",
        "turn: EXISTS -> NOT EXISTS in: WHERE EXISTS (SELECT 1 FROM tb_x WHERE id = NEW.a);",
        "next number: 9 -> 10 in: AND (old IS NULL OR age NOT BETWEEN 1 AND 9);",
        "drop condition: EXISTS (SELECT 1 FROM tb_x WHERE id = NEW.a) -> TRUE",
    ],
)
def test_mutants__each_kind_of_rule__is_taken_away(name: str) -> None:
    """Every rule of the script has a mutant without it, or with it turned round."""
    assert name in names(TRIGGER)


def test_mutants__statements__are_dropped_whole() -> None:
    """A statement goes with its semicolon, whatever its texts and comments hold."""
    (mutant,) = (each for each in mutants("f.sql", TRIGGER) if "statement: INSERT" in each.name)
    assert "tb_event" not in mutant.script
    assert mutant.script.rstrip().endswith("END;")


def test_mutants__plpgsql_guard__is_dropped_as_false() -> None:
    """A guard that refuses is dropped by never being true; what refuses stays in the script."""
    sql = "CREATE FUNCTION f() AS $$ BEGIN IF a = '' THEN RETURN refuse(); END IF; END $$;"
    assert "drop condition: a = '' -> FALSE" in names(sql)


def test_mutants__distinct_from__is_one_term_of_its_condition() -> None:
    """The FROM of IS DISTINCT FROM opens no list of tables."""
    sql = "CREATE FUNCTION f() AS $$ SELECT 1 FROM t WHERE a IS DISTINCT FROM b AND c = 1 $$;"
    found = names(sql)
    assert "drop condition: a IS DISTINCT FROM b -> TRUE" in found
    assert "drop condition: c = 1 -> TRUE" in found


def test_mutants__same_text_twice__has_two_names() -> None:
    """The name of a mutant finds it again, so no two are equal."""
    found = names(TRIGGER)
    assert len(found) == len(set(found))


def test_mutants__lines__are_those_of_the_script() -> None:
    """The line is where the rule begins."""
    lines = TRIGGER.splitlines()
    for mutant in mutants("f.sql", TRIGGER):
        start = mutant.name.partition(": ")[2].split()[0]
        assert start in lines[mutant.line - 1]


def test_tokens__unknown_character__is_an_error() -> None:
    """What the tokenizer does not know must not be passed over in silence."""
    with pytest.raises(ValueError, match="what is"):
        tokens("SELECT \\x")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_functions_behind__internals__lead_to_their_callers(dialect: str) -> None:
    """A mutant of an internal is judged by the scenarios of every function that uses it."""
    behind = functions_behind(checkout(), dialect)
    assert behind["fx_queue_deployment"] == {
        "fn_request_deployment",
        "fn_request_rollback",
        "fn_process_webhook",
        "fn_replay_webhook",
        "fn_complete_reconcile",
    }
    assert behind["fn_heartbeat"] == {"fn_heartbeat"}


def test_job__written_and_read__is_the_same(tmp_path: Path) -> None:
    """A process is told exactly what was meant for it."""
    job = Job("checkout", "sqlite", "place", (("f.sql", "drop"),), "results")
    job.write(tmp_path / "job.json")
    assert Job.read(tmp_path / "job.json") == job


def explain(folder: Path, text: str) -> None:
    """Write ``db/mutants.yaml`` of a checkout."""
    (folder / "db").mkdir()
    (folder / "db" / "mutants.yaml").write_text(text)


def test_explained__entry_without_reason__is_an_error(tmp_path: Path) -> None:
    """An explanation that explains nothing is refused."""
    explain(tmp_path, "equivalent: [{file: db/sqlite/f.sql, mutation: drop}]")
    with pytest.raises(SetupError, match="why"):
        explained(tmp_path, "sqlite")


def test_unexplained__survivor__is_named_until_it_is_explained(tmp_path: Path) -> None:
    """Only survivors without a reason count."""
    survivor = Outcome("db/sqlite/f.sql", 3, "drop", SURVIVED)
    explain(tmp_path, "equivalent: [{file: db/sqlite/f.sql, mutation: drop, why: because}]")
    assert unexplained([survivor], {}) == [survivor]
    assert unexplained([survivor], explained(tmp_path, "sqlite")) == []


def test_stale__explained_mutant_is_killed__is_named() -> None:
    """An explanation of what a scenario notices is wrong; other files are not judged."""
    killed = Outcome("db/sqlite/f.sql", 3, "drop", KILLED)
    known = {killed.identity: "because", ("db/sqlite/g.sql", "turn"): "because"}
    assert stale([killed], known, {"db/sqlite/f.sql"}) == [killed.identity]


def test_install__file_of_two_views__can_be_put_back(tmp_path: Path) -> None:
    """SQLite has no ``OR REPLACE``: whatever the file makes is dropped before."""
    bench = Bench("sqlite", str(tmp_path), checkout())
    try:
        script = (checkout() / "db/sqlite/functions/fx_supersede.sql").read_text()
        assert script.count("CREATE VIEW") == 2
        bench.install(script.replace("'superseded'", "'cancelled'"), "fx_supersede")
        bench.install(script, "fx_supersede")
        query = "SELECT sql FROM sqlite_master WHERE name LIKE 'fx_supersede%'"
        assert all("'cancelled'" not in row["sql"] for row in bench.scratch.rows(query))
    finally:
        bench.drop()
