"""``server.graphql`` and the file of trusted documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from fraisier.config.problems import dotted

from .conftest import Load, Problems

SHOP = "fraises: {shop: {environments: {production: {}}}}\n"
LISTED = "server: {graphql: {documents: trusted.json}}\n" + SHOP


def test_graphql__settings__are_read(load: Load) -> None:
    """What is not said keeps its default."""
    server = load(
        "server: {introspection: false, graphql: {depth: 3, seconds: 0.5}}\n" + SHOP
    ).server
    assert (server.introspection, server.graphql.depth, server.graphql.seconds) == (False, 3, 0.5)
    assert (server.graphql.aliases, server.graphql.documents) == (100, None)


def test_documents__file_beside_the_configuration__is_read(load: Load, tmp_path: Path) -> None:
    """Documents by their ids."""
    (tmp_path / "trusted.json").write_text('{"one": "{ fraises { name } }"}')
    assert load(LISTED).server.graphql.documents == {"one": "{ fraises { name } }"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "trusted.json: No such file"),
        ("{", "this is not JSON"),
        ("[]", "no object of documents"),
        ('{"one": 1}', '"one" is not the id of a text'),
    ],
)
def test_documents__wrong_file__is_named(
    content: str | None, message: str, problems: Problems, tmp_path: Path
) -> None:
    """The problem is at the key that names the file."""
    if content is not None:
        (tmp_path / "trusted.json").write_text(content)
    (problem,) = problems(LISTED)
    assert dotted(problem.path) == "server.graphql.documents"
    assert message in problem.message


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ("depth: 0", "from 1 to 100"),
        ("complexity: 0", "from 1 to 100000000"),
        ("aliases: -1", "from 0 to 10000"),
        ("tokens: 9", "from 10 to 100000"),
        ("body: 100", "from 1024 to 16777216"),
        ("seconds: 0", "more than 0"),
    ],
)
def test_graphql__out_of_bounds__is_named(key: str, allowed: str, problems: Problems) -> None:
    """Every limit has bounds of its own."""
    (problem,) = problems(f"server: {{graphql: {{{key}}}}}\n{SHOP}")
    assert allowed in problem.message
