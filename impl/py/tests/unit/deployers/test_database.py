"""Databases of fraises, without a server: settings, rules, and files for the tools."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest
from fraisier.deployers.base import Probe, Work
from fraisier.deployers.database.backup import Backup
from fraisier.deployers.database.diagnosis import diagnose_database
from fraisier.deployers.database.environment_file import environment_document, environment_file
from fraisier.deployers.database.rules import is_own, needs, refuse_rebuild
from fraisier.deployers.database.settings import DatabaseSettings, settings_of
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Environment, Fraise, FraiseConfig
from fraisier.providers.local import LocalProvider

URL = "postgresql://shop:s3cret@db.example.com:5433/shop"


def fraise(name: str = "staging", production: bool = False, **database: Any) -> FraiseConfig:
    """A fraise with this database in an environment of this name."""
    place = Environment(name, "local", database=database, production=production)
    return FraiseConfig(Fraise("shop", "api"), place)


def settings(name: str = "staging", production: bool = False, **database: Any) -> DatabaseSettings:
    """Its settings."""
    found = settings_of(fraise(name, production, **database))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "declared", "is_production"),
    [
        ("production", False, True),
        ("prod", False, True),
        ("Prod-eu", False, True),
        ("live", True, True),
        ("staging", False, False),
        ("reproduction", False, False),
    ],
)
def test_settings__name_or_declaration__make_production(
    name: str, declared: bool, is_production: bool
) -> None:
    """A name that begins with prod, or what the configuration says."""
    found = settings(name, declared, type="postgresql", url=URL, strategy="rebuild")
    assert found.is_production is is_production
    if is_production:
        with pytest.raises(FraisierError, match="not rebuilt") as caught:
            refuse_rebuild(found, force=False)
        assert caught.value.code == "rebuild-refused"
    refuse_rebuild(found, force=True)


@pytest.mark.parametrize(
    ("url", "own", "same"),
    [
        ("postgresql://a@localhost/x", "postgresql://b:pw@127.0.0.1:5432/x", True),
        ("postgresql:///x", "postgres://localhost/x", True),
        ("postgresql:///x?host=/run/postgresql", "postgresql://localhost/x", True),
        ("postgresql://h/x", "postgresql://h/y", False),
        ("postgresql://h:5433/x", "postgresql://h/x", False),
        ("postgresql://h/x", "sqlite:////var/x", False),
    ],
)
def test_is_own__several_spellings__are_one_database(url: str, own: str, same: bool) -> None:
    """Another user, or another name of this machine, is no other database."""
    assert is_own(settings(type="postgresql", url=url), own) is same


def test_is_own__sqlite_through_a_link__is_the_same_file(tmp_path: Path) -> None:
    """A link is no other database."""
    own = tmp_path / "fraisier.db"
    own.touch()
    link = tmp_path / "shop.db"
    link.symlink_to(own)
    assert is_own(settings(type="sqlite", path=str(link)), f"sqlite:///{own}")
    assert not is_own(settings(type="sqlite", path=str(tmp_path / "b.db")), f"sqlite:///{own}")


def test_needs__what_goes_without_saying__is_not_required() -> None:
    """Only what the configuration asks for must be installed."""
    silent = settings(type="postgresql", url=URL)
    asked = settings(type="postgresql", url=URL, backup=True, migrations="sql/up")
    assert {(need.program, need.required) for need in needs(silent)} == {
        ("confiture", False),
        ("pg_dump", False),
    }
    assert {(need.program, need.required) for need in needs(asked)} == {
        ("confiture", True),
        ("pg_dump", True),
    }


def test_settings__rebuild__is_not_backed_up_unless_asked() -> None:
    """What is made anew with every deployment is worth no copy."""
    assert not settings(type="postgresql", url=URL, strategy="rebuild").backup
    assert settings(type="postgresql", url=URL, strategy="rebuild", backup=True).backup
    assert settings(type="postgresql", url=URL).backup


def test_environment_document__of_a_release__keeps_all_but_the_address(tmp_path: Path) -> None:
    """What is written in a repository says nothing about where a deployment goes."""
    file = tmp_path / "db/environments/staging.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "database_url: postgresql://elsewhere/other\n"
        "include_dirs: [db/tables, {path: db/views, recursive: false}]\n"
        "migration: {tracking_table: meta.tb_confiture}\n"
    )
    document = environment_document(settings(type="postgresql", url=URL), tmp_path)
    assert document == {
        "name": "staging",
        "database_url": URL,
        "include_dirs": [
            str(tmp_path / "db/tables"),
            {"path": str(tmp_path / "db/views"), "recursive": False},
        ],
        "migration": {"tracking_table": "meta.tb_confiture"},
    }


def test_environment_file__while_it_is_there__is_private(tmp_path: Path) -> None:
    """The password in it is for the owner's eyes, and for a moment, whoever was killed."""
    (tmp_path / "p").mkdir()
    left = tmp_path / "p" / "confiture-0.yaml"
    left.touch()
    with environment_file(settings(type="postgresql", url=URL), tmp_path, tmp_path / "p") as path:
        assert path.stat().st_mode & 0o077 == 0
        assert not left.exists()
        assert json.loads(path.read_text())["include_dirs"] == [str(tmp_path / "db/schema")]
    assert not path.exists()


def test_environment_document__asked_for_and_absent__is_an_error(tmp_path: Path) -> None:
    """A name in the configuration that the release does not know is a mistake."""
    with pytest.raises(FraisierError, match=r"no db/environments/blue\.yaml"):
        environment_document(settings(type="postgresql", url=URL, environment="blue"), tmp_path)


def test_diagnosis__rebuild_of_production__is_a_problem() -> None:
    """Doctor says today what a deployment would refuse tomorrow."""
    found = list(
        diagnose_database(fraise("prod", url=URL, type="postgresql", strategy="rebuild"), "")
    )
    assert [(each.level, each.where) for each in found] == [("problem", "shop/prod")]


def test_diagnosis__no_address__is_a_warning() -> None:
    """A database that is only named is left alone, which somebody may not expect."""
    (found,) = diagnose_database(fraise(type="postgresql", name="shop"), "")
    assert found.level == "warning"
    assert "database.url is not set" in found.what


def test_backup__attempt_killed_while_it_dumped__is_not_taken_for_done(tmp_path: Path) -> None:
    """Half a dump is no backup: the worker that takes over makes one and clears up."""
    path = tmp_path / "shop.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t(x)")
    shop = fraise(type="sqlite", path=str(path))
    work = Work(shop, LocalProvider(tmp_path), cast("Any", None), "0f1e2d3c", tell=print)
    backups = work.provider.home(shop) / "backups"
    backups.mkdir(parents=True)
    half = backups / ".20260301T020000Z-0f1e2d3c.sqlite3.partial"
    half.write_bytes(b"half")
    strangers = [backups / name for name in ("0-before-the-move.sqlite3", "notes.txt")]
    for stranger in strangers:
        stranger.write_text("of a person")
    (backups / "0-folder").mkdir()
    step = Backup(settings(type="sqlite", path=str(path), backups_kept=1))
    assert step.probe(work) is Probe.NOT_DONE
    work.time_left = lambda: 30.0
    step.act(work)
    assert step.probe(work) is Probe.DONE
    assert not half.exists()
    assert all(stranger.exists() for stranger in strangers)
