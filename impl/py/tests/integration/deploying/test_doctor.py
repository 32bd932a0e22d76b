"""Doctor looks at real things: folders, databases, repositories, programs."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.findings import Finding, Level
from fraisier.operations.doctor import examine
from fraisier.wiring import STATE_FOLDER, Application, application

CONFIG = """
git: {provider: github, github: {webhook_secret: 6c1f0a9e77d24b3f8e5a}}
fraises:
  shop:
    git: {repository: ./source}
    HEALTH
    environments:
      production:
        branch: main
        target: {provider: local, command: [python3, app.py]}
"""
CHORES = """fraises:
  chores:
    type: scheduled
    git: {repository: ./source}
    environments:
      production:
        target: {provider: local}
        jobs:
          dump: {schedule: "@daily", script: ./dump.sh}
          tidy: {schedule: "@daily", script: ./tidy.sh}
"""
Examine = Callable[..., list[Finding]]


@pytest.fixture
def look(tmp_path: Path) -> Examine:
    """Write a configuration beside a repository, and look at it."""
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    for words in (("init", "-qb", "main"), ("commit", "-q", "--allow-empty", "-m", "1")):
        (tmp_path / "source").mkdir(exist_ok=True)
        subprocess.run(["git", *who, *words], cwd=tmp_path / "source", check=True)

    def looked(changes: dict[str, str] | None = None, database_url: str | None = None) -> Any:
        text = CONFIG.replace("HEALTH", "health_check: {url: http://127.0.0.1:9/}")
        for old, new in (changes or {}).items():
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "fraises.yaml").write_text(text)
        app: Application = application(tmp_path / "fraises.yaml", database_url, {}, tmp_path)
        return examine(app, app.database_url, None, None)

    return looked


def said(findings: list[Finding], level: Level) -> str:
    """All findings of a level in one text; each has a place, and a hint unless it is fine."""
    chosen = [each for each in findings if each.level is level]
    assert all(each.where and (each.hint or level is Level.OK) for each in chosen), chosen
    return "\n".join(f"{each.what} @ {each.where}" for each in chosen)


def test_examine__all_is_well__finds_no_problem(look: Examine, tmp_path: Path) -> None:
    """Nothing is made, not even the folder for everything."""
    findings = look()
    assert said(findings, Level.PROBLEM) == said(findings, Level.WARNING) == ""
    fine = said(findings, Level.OK)
    assert "git is there: git version" in fine
    assert "the branch main is there @ shop/production" in fine
    assert "there is no database yet" in fine
    assert {path.name for path in tmp_path.iterdir()} == {"source", "fraises.yaml"}


def test_examine__reconcile__says_what_keeps_it_from_asking(look: Examine) -> None:
    """Without a repository, or without a branch or tag that leads anywhere, nobody is asked."""
    wanted = {"git: {repository": "reconcile: true\n    git: {repository"}
    assert "reconciled" not in said(look(wanted), Level.PROBLEM)
    without = {"git: {repository: ./source}": "reconcile: true"}
    assert "shop is not reconciled: it has no repository" in said(look(without), Level.PROBLEM)
    unled = said(look({**wanted, "branch: main": "name: x"}), Level.WARNING)
    assert "shop is not reconciled: no branch leads to it @ fraises.shop.reconcile" in unled


def test_examine__pattern__counts_what_matches(look: Examine) -> None:
    """A pattern without a branch is no mistake: it waits for the first one."""
    fine = said(look({"branch: main": 'branch: "m*"'}), Level.OK)
    assert "branches that match m*: 1 @ shop/production" in fine


def test_examine__database__is_opened_and_left_as_it_is(look: Examine, database_url: str) -> None:
    """Its schema is compared, its clock too, and living observers are named."""
    from fraisier.db import connect

    database = connect(database_url)
    empty = "there is no database yet" if database.dialect == "sqlite" else "database is empty"
    assert empty in said(look(database_url=database_url), Level.OK)
    assert database.state().empty
    database.migrate()
    assert "no observer is alive" in said(look(database_url=database_url), Level.WARNING)
    database.call("fn_record_worker", worker="w1", state="running", lease_seconds=60)
    fine = said(look(database_url=database_url), Level.OK)
    assert "the database is current: schema" in fine and "observers are alive: w1" in fine
    agreed = "the clocks of the database and of this machine agree" in fine
    assert agreed == (database.dialect == "postgresql")
    database.close()


def test_examine__database_of_another_version__is_a_problem(look: Examine, tmp_path: Path) -> None:
    """What other commands would refuse is found, with what to run."""
    from fraisier.db import connect

    database = connect(f"sqlite:///{tmp_path}/f.db")
    database.migrate()
    database.close()
    with sqlite3.connect(tmp_path / "f.db") as raw:
        raw.execute("DROP VIEW v_schema_digest")
        raw.execute("CREATE VIEW v_schema_digest AS SELECT 'another' AS digest")
    raw.close()
    problems = said(look(database_url=f"sqlite:///{tmp_path}/f.db"), Level.PROBLEM)
    assert "another version of fraisier" in problems


def test_examine__file_in_place_of_the_folder__is_a_problem(look: Examine, tmp_path: Path) -> None:
    """The state folder must be one."""
    (tmp_path / ".fraisier").write_text("in the way")
    assert "the state folder cannot be written" in said(look(), Level.PROBLEM)


@pytest.mark.parametrize(
    ("old", "new", "level", "expected"),
    [
        ("6c1f0a9e77d24b3f8e5a", "aaaaaaaaaaaaaaaaaaaa", Level.WARNING, "could be guessed"),
        (", github: {webhook_secret: 6c1f0a9e77d24b3f8e5a}", "", Level.WARNING, "are refused"),
        ("provider: github,", "provider: gitlab,", Level.WARNING, "gitlab are refused"),
        ("github: {webhook_secret: 6c1f0a9e77d24b3f8e5a}", "gitlab: {secret_token: "
         "6c1f0a9e77d24b3f8e5a, signing_secret: aaaaaaaaaaaaaaaaaaaa}", Level.WARNING,
         "secret of gitlab could be guessed"),
        ("provider: github, github: {webhook_secret: 6c1f0a9e77d24b3f8e5a}",
         "provider: bitbucket, bitbucket: {addresses: [192.0.2.1]}", Level.WARNING,
         "by their address alone"),
        ("provider: github, github: {webhook_secret",
         "provider: bitbucket, bitbucket: {server: true, webhook_secret", Level.WARNING,
         "is not named"),
        ("./source", "./elsewhere", Level.PROBLEM, "cannot be read"),
        ("git: {repository: ./source}", "description: x", Level.PROBLEM, "has no repository"),
        ("provider: local, command: [python3, app.py]", "provider: aws, region: x", Level.PROBLEM,
         "later version"),
        ("health_check: {url: http://127.0.0.1:9/}", "description: x", Level.WARNING,
         "no health check"),
        ("[python3, app.py]", "[no-such-program]", Level.WARNING, "no program no-such-program"),
        ("branch: main\n", "database: {type: postgresql, strategy: rebuild, url: "
         "'postgresql://127.0.0.1:1/x'}\n", Level.PROBLEM, "is not rebuilt"),
        ("git: {provider", "server: {host: 0.0.0.0, open: true}\ngit: {provider", Level.PROBLEM,
         "whoever reaches 0.0.0.0"),
    ],
)  # fmt: skip
def test_examine__one_thing_wrong__is_found(
    look: Examine, old: str, new: str, level: Level, expected: str
) -> None:
    """Each with its level, its place and a way out."""
    assert expected in said(look({old: new}), level)


def test_examine__target_over_ssh__needs_its_client(
    look: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that is missing is told together with what needs it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    problems = said(look({"./source": "ssh://git@127.0.0.1:1/x.git"}), Level.PROBLEM)
    assert "git is not installed @ needed for every deployment" in problems
    assert "ssh is not installed @ needed for shop/production" in problems


def test_doctor__job_has_failed__warns_and_says_why(look: Examine, tmp_path: Path) -> None:
    """It hinders no deployment; one that ended well is told as well."""
    home = tmp_path / STATE_FOLDER / "local" / "chores" / "production"
    home.mkdir(parents=True)
    ended = {"last_ended_at": "2026-01-13T02:00:00.000Z"}
    jobs = {
        "dump": {**ended, "last_exit_status": 3, "last_error": "ended with 3\nmore"},
        "tidy": {**ended, "last_exit_status": 0, "last_error": None},
    }
    (home / "jobs.json").write_text(json.dumps({"jobs": jobs}))
    found = look({"fraises:\n": CHORES})
    assert "the job dump: ended with 3" in said(found, Level.WARNING)
    assert "the job tidy ended well" in said(found, Level.OK)
