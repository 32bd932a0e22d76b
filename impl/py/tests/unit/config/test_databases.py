"""The ``database`` of a fraise: addresses that fit together, and what the rest gets of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from fraisier.config.load import load
from fraisier.config.problems import ConfigurationError
from fraisier.domain.values import Environment

Database = dict[str, Any]


def environment(tmp_path: Path, general: Database, own: Database | None = None) -> Environment:
    """The environment of a fraise with these two databases in its configuration."""
    place = {"database": own} if own is not None else {"branch": "main"}
    document = {"fraises": {"shop": {"database": general, "environments": {"test": place}}}}
    path = tmp_path / "fraises.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(path, {}).fraises["shop"].environments["test"]


def test_database__url_without_a_name__gets_the_name_of_the_environment(tmp_path: Path) -> None:
    """One server for all environments, and a database for each."""
    general = {"url": "postgresql://shop:s3cret-word@db.example.com:5433/?sslmode=require"}
    found = environment(tmp_path, general, {"name": "shop_test"})
    wanted = "postgresql://shop:s3cret-word@db.example.com:5433/shop_test?sslmode=require"
    assert found.database is not None
    assert found.database["url"] == wanted
    assert found.database["type"] == "postgresql"
    assert found.variables["DATABASE_URL"] == wanted


def test_database__relative_path__starts_where_the_file_is(tmp_path: Path) -> None:
    """The working directory of a command says nothing about a fraise."""
    found = environment(tmp_path, {"path": "data/shop.db"})
    assert found.database == {"type": "sqlite", "path": str(tmp_path / "data/shop.db")}
    assert found.variables["DATABASE_URL"] == f"sqlite:///{tmp_path}/data/shop.db"


def test_database__address_of_sqlite__is_a_path(tmp_path: Path) -> None:
    """Four slashes are an absolute file, three a relative one."""
    absolute = environment(tmp_path, {"url": "sqlite:////var/lib/shop.db"})
    relative = environment(tmp_path, {"url": "sqlite:///shop.db"})
    assert absolute.database == {"type": "sqlite", "path": "/var/lib/shop.db"}
    assert relative.database == {"type": "sqlite", "path": str(tmp_path / "shop.db")}


def test_database__without_an_address__gives_no_variable(tmp_path: Path) -> None:
    """A name alone does not say where the server is."""
    found = environment(tmp_path, {"type": "postgresql", "name": "shop"})
    assert "DATABASE_URL" not in found.variables


def test_database__declared_variable__wins(tmp_path: Path) -> None:
    """A service may get a role with fewer rights than the one that migrates."""
    path = tmp_path / "fraises.yaml"
    place = {"env": {"DATABASE_URL": "postgresql://reader@db/shop"}}
    general = {"url": "postgresql://owner@db/shop"}
    document = {"fraises": {"shop": {"database": general, "environments": {"test": place}}}}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    found = load(path, {}).fraises["shop"].environments["test"]
    assert found.variables["DATABASE_URL"] == "postgresql://reader@db/shop"


@pytest.mark.parametrize(
    ("general", "own", "place", "words"),
    [
        ({"type": "postgresql", "url": "mysql://db/shop"}, None, "database.url", "postgresql://"),
        ({"url": "db.example.com/shop"}, None, "database.url", "address of a database"),
        ({"url": "postgresql://db/shop"}, {"name": "other"}, "test.database.name", "another"),
        ({"type": "postgresql", "path": "shop.db"}, None, "database.path", "sqlite"),
        ({"type": "sqlite", "pggit": True}, None, "database.pggit", "not migrated"),
        ({"type": "mysql"}, {"seed": {"tables": ["a"]}}, "test.database.seed", "not migrated"),
        ({"migrations": "../elsewhere"}, None, "database.migrations", "inside"),
        ({"environment": "../../etc"}, None, "database.environment", "db/environments"),
        ({"compile": {"output": "x.json"}}, None, "database.compile", "schema"),
    ],
)
def test_database__that_does_not_fit__is_refused(
    tmp_path: Path, general: Database, own: Database | None, place: str, words: str
) -> None:
    """The error names the key, says what is wrong, and never repeats an address."""
    with pytest.raises(ConfigurationError) as caught:
        environment(tmp_path, general, own)
    text = f"{caught.value.at} {caught.value.message}"
    assert place in text
    assert words in text
    assert "db.example.com" not in text
