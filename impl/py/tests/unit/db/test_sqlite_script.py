"""A script is cut into statements without breaking triggers, strings or comments."""

from __future__ import annotations

from fraisier.db.sqlite_installer import statements_of


def test_statements_of__trigger_and_two_on_a_line__are_three() -> None:
    """A trigger's inner semicolons do not end it; two statements on a line are two."""
    script = (
        "-- a comment; with a semicolon\n"
        "CREATE TABLE a (x TEXT DEFAULT ';'); INSERT INTO a VALUES (';');\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END;\n-- the end\n"
    )
    assert [s.split("\n")[-1][:14] for s in statements_of(script)] == [
        "CREATE TABLE a",
        "INSERT INTO a ",
        "CREATE TRIGGER",
    ]


def test_statements_of__no_last_semicolon__is_still_a_statement() -> None:
    """The last statement needs no semicolon."""
    assert list(statements_of("SELECT 1; SELECT 2")) == ["SELECT 1;", "SELECT 2"]
