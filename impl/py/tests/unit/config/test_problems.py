"""What is refused, with which code, at which line, and with what advice."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from fraisier import config
from fraisier.domain.errors import FraisierError

from .conftest import Load, Problems

SHOP = """\
fraises:
  shop:
    type: api
    environments:
      production:
        branch: main
        target:
          provider: local
          command: [python3, app.py]
          port: 8080
"""
# old text of SHOP, new text, code, line, end of the path, a word of message or hint
WRONG = {
    "type": ("type: api", "type: apj", "config-invalid", 3, "type", '"api"'),
    "type-null": ("type: api", "type:", "config-invalid", 3, "type", "missing"),
    "type-number": ("type: api", "type: 3", "config-invalid", 3, "type", "known"),
    "provider": ("local", "locl", "unknown-provider", 8, "provider", '"local"'),
    "provider-missing": ("provider: local", "x: 1", "unknown-key", 8, "x", "known"),
    "port": ("8080", "80800", "config-invalid", 10, "port", "65535"),
    "port-text": ("8080", "eighty", "config-invalid", 10, "port", "whole number"),
    "port-boolean": ("8080", "true", "config-invalid", 10, "port", "whole number"),
    "command-empty": ("[python3, app.py]", "[]", "config-invalid", 9, "command", "command"),
    "command-quote": (
        "[python3, app.py]",
        "'a \"b'",
        "config-invalid",
        9,
        "command",
        "quotation",
    ),
    "command-item": ("app.py]", "1]", "config-invalid", 9, "command[1]", "text"),
    "branch": ("branch: main", "branch: a b", "config-invalid", 6, "branch", "branch"),
    "branch-class": ("branch: main", "branch: 'x[12]'", "config-invalid", 6, "branch", "pattern"),
    "branch-full": ("branch: main", "branch: refs/heads/x", "config-invalid", 6, "branch", "e: x"),
    "tag": ("branch: main", "tag: 'v~1'", "config-invalid", 6, "tag", "tag"),
    "tag-full": ("branch: main", "tag: refs/tags/v*", "config-invalid", 6, "tag", "e: v*"),
    "paths-text": ("branch: main", "paths: src", "config-invalid", 6, "paths", "list"),
    "paths-root": ("branch: main", "paths: [/src]", "config-invalid", 6, "paths[0]", ": src"),
    "paths-up": ("branch: main", "paths: [a, ../b]", "config-invalid", 6, "paths[1]", ": b"),
    "paths-dot": ("branch: main", "paths: [./a/]", "config-invalid", 6, "paths[0]", ": a"),
    "paths-not": ("branch: main", "paths: ['!a']", "config-invalid", 6, "paths[0]", "leave"),
    "paths-class": ("branch: main", "paths: ['[ab].c']", "config-invalid", 6, "paths[0]", '"?"'),
    "paths-slash": ("branch: main", "paths: ['a\\b']", "config-invalid", 6, "paths[0]", "a/b"),
    "reconcile": ("type: api", "reconcile: often", "config-invalid", 3, "reconcile", "true"),
    "name-empty": ("  shop:", "  '':", "config-invalid", 2, "", "empty"),
    "name-path": ("  shop:", "  ../x:", "config-invalid", 2, "x", "letters"),
    "environment-null": ("api\n    environments:", "api\n    x:", "unknown-key", 4, "x", "known"),
    "twice": ("type: api", "type: api\n    type: api", "config-invalid", 4, "type", "twice"),
    "jobs-of-api": (
        "branch: main",
        "jobs: {a: {schedule: '@daily', script: x}}",
        "config-invalid",
        6,
        "jobs",
        "scheduled",
    ),
    "job-without-schedule": (
        "type: api",
        "type: custom\n    environments: {live: {jobs: {a: {script: x}}}}",
        "config-invalid",
        4,
        "a",
        "depends_on",
    ),
    "script-of-api": (
        "type: api",
        "type: api\n    script: x",
        "config-invalid",
        4,
        "script",
        "etl",
    ),
    "retention-of-etl": (
        "type: api",
        "type: etl\n    retention: {count: 3}",
        "config-invalid",
        4,
        "retention",
        "backup",
    ),
    "local-without-command": (
        "          command: [python3, app.py]\n",
        "",
        "config-invalid",
        7,
        "target",
        "command",
    ),
    "foreign-key": (
        "branch: main",
        "systemd_service: a.service",
        "config-invalid",
        6,
        "systemd_service",
        "local",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_value__wrong__is_refused_at_its_line(case: str, problems: Problems) -> None:
    """Each mistake has its code, line, path and a helpful word."""
    old, new, code, line, end, word = WRONG[case]
    assert old in SHOP
    found = problems(SHOP.replace(old, new, 1))
    wanted = [p for p in found if (p.code, p.line) == (code, line)]
    assert wanted, found
    shown = wanted[0].as_dict("fraises.yaml")
    assert shown["at"].startswith(f"fraises.yaml:{line}: ")
    assert shown["path"].endswith(end)
    assert word in f"{shown['message']} {shown['hint']}"


@pytest.mark.parametrize(
    ("check", "word"),
    [
        ("timeout: 0", "seconds"),
        ("timeout: -1", "seconds"),
        ("timeout: 30s", "seconds"),
        ("timeout: .nan", "seconds"),
        ("timeout: 1e99", "seconds"),
        ("interval: [1]", "seconds"),
        ("expected_status: 42", "599"),
        ("path: health", "/health"),
        ("url: ftp://x", "http"),
        ("path: /h\n      url: http://x/h", "not both"),
    ],
)
def test_health_check__wrong__is_refused(check: str, word: str, problems: Problems) -> None:
    """A health check that could never work is refused when it is read."""
    text = SHOP.replace("    environments:", f"    health_check:\n      {check}\n    environments:")
    found = problems(text)
    assert found[0].code == "config-invalid"
    assert word in f"{found[0].message} {found[0].hint}"


@pytest.mark.parametrize(
    "schedule",
    ["0 2 * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *",
     "5-1 * * * *", "@often", "a b c d e", "*-5 * * * *", "1,,2 * * * *"],
)  # fmt: skip
def test_schedule__wrong__is_refused(schedule: str, problems: Problems) -> None:
    """A schedule that cron would not take is refused."""
    assert problems(jobs(schedule))[0].path[-1] == "schedule"


@pytest.mark.parametrize("schedule", ["0 2 * * *", "*/6 1-5 1,15 jan-mar mon", "@daily"])
def test_schedule__right__is_taken(schedule: str, load: Load) -> None:
    """Steps, ranges, lists, names and nicknames are schedules."""
    place = load(jobs(schedule)).select("nightly", "production").environment
    assert place.jobs[0].schedule == schedule


def jobs(schedule: str, more: str = "") -> str:
    """A scheduled fraise with one job."""
    return textwrap.dedent(f"""\
        fraises:
          nightly:
            type: scheduled
            environments:
              production:
                jobs:
                  clean: {{schedule: "{schedule}", script: ./clean.sh{more}}}
        """)


@pytest.mark.parametrize(("other", "word"), [("claen", '"clean"'), ("clean", "itself")])
def test_depends_on__nothing_or_itself__is_refused(
    other: str, word: str, problems: Problems
) -> None:
    """A job waits for another job of its environment, never for itself."""
    found = problems(jobs("@daily", f", depends_on: {other}"))
    assert word in f"{found[0].message} {found[0].hint}"


@pytest.mark.parametrize(
    ("mapping", "path", "hint"),
    [
        ("main: {fraise: shp, environment: production}", "main.fraise", "shop"),
        ("main: {fraise: shop, environment: prodction}", "main.environment", "production"),
        ("main: [{fraise: shop, environment: x}]", "main[0].environment", None),
        ("main: {fraise: shop}", "main", None),
        ("main: {fraise: shop, enviroment: production}", "main.enviroment", "environment"),
        ("main: shop", "main", None),
        ('"a b": {fraise: shop, environment: production}', "a b", None),
    ],
)
def test_branch_mapping__wrong__is_refused(
    mapping: str, path: str, hint: str | None, problems: Problems
) -> None:
    """A rule names a branch, a fraise and an environment that exist."""
    found = problems(f"{SHOP}branch_mapping:\n  {mapping}\n")
    assert len(found) == 1
    shown = found[0].as_dict("f")
    assert shown["path"] == f"branch_mapping.{path}"
    assert shown["line"] == 12
    assert hint is None or hint in (shown["hint"] or "")


def test_problems__several__are_all_reported_in_order(problems: Problems) -> None:
    """One run names everything that is wrong, top to bottom."""
    text = (
        SHOP.replace("api", "apj").replace("local", "locl").replace("  shop:", "  shop:\n    x: 1")
    )
    found = problems(text)
    assert [p.code for p in found] == ["unknown-key", "config-invalid", "unknown-provider"]
    assert [p.line for p in found] == sorted(p.line or 0 for p in found)


def test_error__first_problem__decides_code_place_and_hint(load: Load) -> None:
    """The error itself is the first problem; JSON has the whole list."""
    with pytest.raises(config.ConfigurationError) as caught:
        load(SHOP.replace("local", "locl").replace("branch: main", "brnch: main"))
    shown = caught.value.as_dict()
    assert shown["code"] == "unknown-key"
    assert shown["at"].endswith("fraises.yaml:6: fraises.shop.environments.production.brnch")
    assert shown["hint"] == 'did you mean "branch"?'
    assert [problem["code"] for problem in shown["problems"]] == ["unknown-key", "unknown-provider"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "config-invalid"),
        ("# nothing\n", "config-invalid"),
        ("- a\n", "config-invalid"),
        ("fraises:\n", "config-invalid"),
        ("fraises: {}\n", "config-invalid"),
        ("git: {}\n", "config-invalid"),
        ("fraises: [\n", "config-syntax"),
        ("a: b: c\n", "config-syntax"),
        ("\tfraises: x\n", "config-syntax"),
        ("fraises: {}\n---\nfraises: {}\n", "config-syntax"),
        ("fraises: !!python/object/apply:os.getcwd []\n", "config-syntax"),
        ("fraises: &a {x: *a}\n", "config-syntax"),
        ("fraises: *nothing\n", "config-syntax"),
        ("? [a]\n: b\n", "config-syntax"),
        ("x: &x {a: 1}\nfraises:\n  <<: *x\n", "config-syntax"),
        ("fraises: " + "[" * 5000 + "\n", "config-syntax"),
        ("a: \x01\n", "config-syntax"),
    ],
)
def test_document__malformed__is_refused(text: str, code: str, problems: Problems) -> None:
    """Whatever the file holds, the answer is an error with a code."""
    assert problems(text)[0].code == code


def test_document__alias_bomb__is_refused(problems: Problems) -> None:
    """A small file cannot unfold to a huge one."""
    lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    assert "too many" in problems("\n".join(lines))[0].message


def test_file__not_utf8__is_refused_with_its_line(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are a syntax error, not a stack trace."""
    path = tmp_path / "fraises.yaml"
    path.write_bytes(b"fraises:\n  caf\xe9: {}\n")
    with pytest.raises(config.ConfigurationError) as caught:
        config.load(path, {})
    assert (caught.value.code, caught.value.problems[0].line) == ("config-syntax", 2)


def test_file__too_large__is_refused(tmp_path: Path) -> None:
    """A file of megabytes is not a registry."""
    path = tmp_path / "fraises.yaml"
    path.write_bytes(b"#" * 2_000_000)
    with pytest.raises(config.ConfigurationError, match="larger"):
        config.load(path, {})


def test_find__places__are_tried_in_order(tmp_path: Path) -> None:
    """Option, then variable, then ./fraises.yaml, then config/fraises.yaml."""
    (tmp_path / "config").mkdir()
    for name in ("config/fraises.yaml", "fraises.yaml", "a.yaml", "b.yaml"):
        (tmp_path / name).touch()
    variable = {"FRAISIER_CONFIG": "a.yaml"}
    assert config.find(Path("b.yaml"), variable, tmp_path) == tmp_path / "b.yaml"
    assert config.find(None, variable, tmp_path) == tmp_path / "a.yaml"
    assert config.find(None, {}, tmp_path) == tmp_path / "fraises.yaml"
    (tmp_path / "fraises.yaml").unlink()
    assert config.find(None, {}, tmp_path) == tmp_path / "config/fraises.yaml"


def test_find__nothing_there__is_an_error_with_a_hint(tmp_path: Path) -> None:
    """Without a file the user learns how to make one."""
    with pytest.raises(FraisierError) as caught:
        config.find(None, {}, tmp_path)
    assert caught.value.code == "config-not-found"
    assert "fraisier init" in (caught.value.hint or "")


def test_find__named_file_missing__does_not_fall_back(tmp_path: Path) -> None:
    """A file that was asked for is never replaced by another one."""
    (tmp_path / "fraises.yaml").touch()
    with pytest.raises(FraisierError) as caught:
        config.find(Path("other.yaml"), {}, tmp_path)
    assert caught.value.code == "config-not-found"
