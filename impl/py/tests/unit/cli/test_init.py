"""``fraisier init`` and ``fraisier db``."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Fraisier


@pytest.mark.parametrize("template", ["local", "api", "worker"])
def test_init__each_template__is_valid_as_written(
    template: str, fraisier: Fraisier, tmp_path: Path
) -> None:
    """What init writes passes config validate without any edit."""
    created = fraisier("init", "--template", template, "--json").json()["created"]
    assert created == [str(tmp_path / "fraises.yaml"), str(tmp_path / ".env.example")]
    assert fraisier("config", "validate").status == 0


def test_init__file_in_the_way__is_kept(fraisier: Fraisier, tmp_path: Path) -> None:
    """Nothing is overwritten, and nothing is written beside it."""
    (tmp_path / "fraises.yaml").write_text("mine")
    result = fraisier("init")
    assert (result.status, "error[file-exists]" in result.err) == (4, True)
    assert (tmp_path / "fraises.yaml").read_text() == "mine"
    assert not (tmp_path / ".env.example").exists()


def test_init__force__overwrites(fraisier: Fraisier, tmp_path: Path) -> None:
    """--force is the only way to replace a file."""
    (tmp_path / "fraises.yaml").write_text("mine")
    assert fraisier("init", "--force").status == 0
    assert "my_api" in (tmp_path / "fraises.yaml").read_text()


def test_init__directory__is_made(fraisier: Fraisier, tmp_path: Path) -> None:
    """The folder need not exist."""
    assert fraisier("init", "--directory", "a/b").status == 0
    assert (tmp_path / "a/b/fraises.yaml").is_file()


def test_db_init__default__is_beside_the_configuration(fraisier: Fraisier, tmp_path: Path) -> None:
    """Fraisier's database is below the folder of fraises.yaml."""
    fraisier("init")
    shown = fraisier("db", "init", "--json").json()
    assert (shown["dialect"], shown["current"]) == ("sqlite", True)
    assert shown["version"] == shown["newest"]
    assert (tmp_path / ".fraisier/fraisier.db").is_file()


def test_db_status__given_address__needs_no_configuration(
    fraisier: Fraisier, tmp_path: Path
) -> None:
    """A database can be installed and inspected without a fraises.yaml."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    before = fraisier("db", "status", "--database", url, "--json").json()
    assert (before["version"], before["current"]) == (0, False)
    assert fraisier("db", "migrate", "--database", url).status == 0
    assert fraisier("db", "status", "--database", url, "--json").json()["current"] is True


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("history",), "deployments"),
        (("webhooks",), "webhooks"),
        (("stats",), "total"),
        (("status-all",), "environments"),
    ],
)
def test_reports__new_database__are_empty_not_errors(
    words: tuple[str, ...], key: str, fraisier: Fraisier
) -> None:
    """Before the first deployment every report works in text and JSON."""
    fraisier("init")
    shown = fraisier(*words, "--json").json()
    assert key in shown
    text = fraisier(*words)
    assert (text.status, text.err) == (0, "")
    assert text.out.strip()


def test_dry_run__prints_the_plan__and_writes_nothing(fraisier: Fraisier, tmp_path: Path) -> None:
    """A dry run needs no database and leaves none."""
    fraisier("init")
    before = sorted(tmp_path.rglob("*"))
    result = fraisier("deploy", "my_api", "production", "--dry-run", "--json")
    plan, ending = result.lines()
    assert plan["event"] == "plan"
    assert plan["steps"][0]["step"] == "preflight"
    assert all(step["text"] for step in plan["steps"])
    assert (ending["event"], ending["success"], ending["code"]) == ("result", True, "dry-run")
    assert "nothing was changed" in fraisier("deploy", "my_api", "production", "--dry-run").out
    assert sorted(tmp_path.rglob("*")) == before


def test_init__folder_cannot_be__is_refused(fraisier: Fraisier, tmp_path: Path) -> None:
    """A file where a folder must be is in the way, and no fault of Fraisier."""
    (tmp_path / "file").write_text("mine")
    result = fraisier("init", "--directory", "file/below", "--json")
    assert (result.status, result.json()["error"]["code"]) == (4, "file-exists")
    assert (tmp_path / "file").read_text() == "mine"
