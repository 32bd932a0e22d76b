"""``fraisier list`` and ``fraisier config``."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Fraisier

TREE = """\
Fraisier - Fraise Registry
├── fraisier (api) - Fraisier deployment orchestrator
│   └── production → bare-metal (deploy.example.com)
├── my_api (api) - My FraiseQL API
│   ├── development → docker-compose
│   ├── staging → coolify
│   ├── production-eu → scaleway (fr-par)
│   └── production-us → aws (us-east-1)
├── my_worker (worker) - Background job processor
│   └── production → coolify
└── backups (scheduled) - Database backup jobs
    └── production
        ├── daily_backup (0 2 * * *)
        └── sync_to_s3 (0 */6 * * *)
"""


def test_list__example__is_the_documented_tree(fraisier: Fraisier, example: Path) -> None:
    """In a pipe the tree is exactly the one of the product document."""
    result = fraisier("list")
    assert (result.status, result.out, result.err) == (0, TREE, "")


def test_list__flat__is_one_line_an_environment(fraisier: Fraisier, example: Path) -> None:
    """Scripts read fraise, environment and provider."""
    lines = fraisier("list", "--flat").out.splitlines()
    assert len(lines) == 7
    assert lines[3] == "my_api production-eu scaleway"


def test_list__json__has_branches_and_jobs(fraisier: Fraisier, example: Path) -> None:
    """The JSON says all that the tree says, and the branches."""
    fraises = fraisier("list", "--json").json()["fraises"]
    assert [fraise["name"] for fraise in fraises] == ["fraisier", "my_api", "my_worker", "backups"]
    assert fraises[1]["environments"][2] == {
        "name": "production-eu",
        "provider": "scaleway",
        "detail": "fr-par",
        "branches": ["main"],
        "tags": [],
        "paths": None,
        "jobs": [],
    }
    daily, sync = fraises[3]["environments"][0]["jobs"]
    unknown = ("last_run_at", "last_ended_at", "last_exit_status", "last_error", "next_run_at")
    assert daily == {
        "name": "daily_backup",
        "schedule": "0 2 * * *",
        "depends_on": None,
        "running": False,
        **dict.fromkeys(unknown),
    }
    assert sync["depends_on"] == "daily_backup"


def test_list__needs_no_database__and_makes_none(
    fraisier: Fraisier, example: Path, tmp_path: Path
) -> None:
    """Looking at the registry leaves nothing behind."""
    assert fraisier("list").status == 0
    assert list(tmp_path.iterdir()) == [example]


@pytest.mark.parametrize("arguments", [("--json", "list"), ("list", "--json")])
def test_global_option__before_or_after__is_taken(
    arguments: tuple[str, ...], fraisier: Fraisier, example: Path
) -> None:
    """Global options are understood in every position."""
    assert "fraises" in fraisier(*arguments).json()


@pytest.mark.parametrize("before", [True, False])
def test_config_option__names_the_file(before: bool, fraisier: Fraisier, tmp_path: Path) -> None:
    """--config wins over the file of the folder, before and after the command."""
    (tmp_path / "fraises.yaml").write_text("broken: [")
    (tmp_path / "other.yaml").write_text("fraises: {a: {environments: {p: {}}}}")
    option = ("--config", "other.yaml")
    result = fraisier(*option, "list") if before else fraisier("list", *option)
    assert (result.status, "a (api)" in result.out) == (0, True)


def test_validate__example__counts(fraisier: Fraisier, example: Path) -> None:
    """A valid file is reported with what is in it."""
    shown = fraisier("config", "validate", "--json").json()
    assert shown == {"valid": True, "path": str(example), "fraises": 4, "environments": 7}
    text = fraisier("config", "validate").out
    assert "is valid" in text
    assert "4 fraises, 7 environments" in text


def test_validate__several_mistakes__prints_each_with_its_line(
    fraisier: Fraisier, example: Path
) -> None:
    """Text and JSON name every mistake; the first decides code and status."""
    text = example.read_text("utf-8").replace("coolify", "colify", 1)
    text = text.replace("region:", "regon:", 1)
    example.write_text(text, "utf-8")
    result = fraisier("config", "validate")
    assert (result.status, result.out) == (2, "")
    assert result.err == (
        "error[unknown-provider] fraises.yaml:72: "
        "fraises.my_api.environments.staging.target.provider\n"
        '  "colify" is not a provider; known: aws, bare-metal, coolify, docker-compose, '
        "exec, kubernetes, local, ovh, scaleway\n"
        '  hint: did you mean "coolify"?\n'
        "error[unknown-key] fraises.yaml:82: "
        "fraises.my_api.environments.production-eu.target.regon\n"
        '  "regon" is not a key here; known: instance_type, provider, region\n'
        '  hint: did you mean "region"?\n'
    )
    error = fraisier("config", "validate", "--json").json()["error"]
    assert error["code"] == "unknown-provider"
    assert [problem["line"] for problem in error["problems"]] == [72, 82]


def test_validate__unset_variable__says_how_to_set_it(
    fraisier: Fraisier, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A configuration whose secrets are not there is not valid."""
    monkeypatch.delenv("FRAISIER_WEBHOOK_SECRET")
    result = fraisier("config", "validate")
    assert result.status == 2
    assert "error[unset-variable] fraises.yaml:11: git.github.webhook_secret" in result.err
    assert "export FRAISIER_WEBHOOK_SECRET" in result.err


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_show__secrets__are_hidden(
    option: tuple[str, ...], fraisier: Fraisier, example: Path
) -> None:
    """The expanded configuration can be pasted into a ticket."""
    out = fraisier("config", "show", *option).out
    assert "correct-horse-battery" not in out
    assert "***" in out
    assert "myapi_db_prod_us" in out
