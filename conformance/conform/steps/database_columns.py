"""Steps about the columns that tables and views have."""

from __future__ import annotations

import re

from pytest_bdd import parsers, then

from conform.databases import Scratch


@then(parsers.re(r"(?P<relation>[tv]b?_\w+) has the columns (?P<names>[\w, ]+)"))
def has_columns(scratch: Scratch, relation: str, names: str) -> None:
    """Every column is there under this name."""
    missing = [name for name in re.split(r",\s*", names) if not _has(scratch, relation, name)]
    assert not missing, f"{relation} lacks {', '.join(missing)}"


def _has(scratch: Scratch, relation: str, column: str) -> bool:
    try:
        # A comparison, since SQLite would take a quoted unknown name for a text.
        scratch.rows(f"SELECT x.{column} AS found FROM {relation} AS x LIMIT 0")
    except Exception as error:  # each driver has its own for "no such column"
        assert column in str(error) or relation in str(error), error
        return False
    return True
