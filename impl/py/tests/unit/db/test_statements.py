"""SQL is built from checked names only; values always travel as parameters."""

from __future__ import annotations

import pytest
from fraisier.db.statements import (
    count_by,
    dollar,
    postgresql_call,
    question_mark,
    select_data,
    sqlite_call,
)


def test_select_data__all_parts__are_in_order() -> None:
    """Equalities, the resume point, the order and the limit appear in this order."""
    sql, parameters = select_data(
        "v_event",
        {"fraise": "shop", "environment": None},
        ["-pk_event"],
        5,
        ("pk_event", 7),
        dollar,
    )
    assert sql == (
        "SELECT data FROM v_event WHERE fraise = $1 AND environment IS NULL AND pk_event > $2"
        " ORDER BY pk_event DESC LIMIT 5"
    )
    assert parameters == ["shop", 7]


def test_select_data__nothing_asked__reads_everything() -> None:
    """Without conditions there is no WHERE."""
    assert select_data("v_fraise", None, (), None, None, question_mark) == (
        "SELECT data FROM v_fraise",
        [],
    )


@pytest.mark.parametrize("name", ["tb_fraise", "v_fraise; DROP TABLE x", "v_", 'v_a"b', "V_x", ""])
def test_view_name__not_a_view__is_a_fault(name: str) -> None:
    """Only names of views are read, however they are spelt."""
    with pytest.raises(ValueError, match="not a name"):
        count_by(name, "status")


@pytest.mark.parametrize("name", ["a b", "a=1--", "1a", "", "a\n"])
def test_column_name__not_a_column__is_a_fault(name: str) -> None:
    """A column's name cannot carry SQL."""
    with pytest.raises(ValueError, match="not a name"):
        select_data("v_fraise", {name: 1}, (), None, None, dollar)


@pytest.mark.parametrize("call", [sqlite_call, postgresql_call])
def test_call__not_a_function__is_a_fault(call: object) -> None:
    """Only names of functions are called."""
    assert callable(call)
    with pytest.raises(ValueError, match="not a name"):
        call("pg_sleep", ())
