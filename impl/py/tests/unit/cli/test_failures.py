"""Failures: codes, exit statuses, JSON, and no stack traces."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fraisier.cli import main
from fraisier.cli.output import Output, printable
from fraisier.cli.tree import COMMANDS, Entry

from .conftest import ROOT, Fraisier

WRONG = {
    "no-command": (("lst",), "usage", 2, 'did you mean "list"?'),
    "no-option": (("list", "--flt"), "usage", 2, "--help"),
    "no-argument": (("status", "my_api"), "usage", 2, "--help"),
    "too-many": (("list", "x"), "usage", 2, "--help"),
    "no-number": (("history", "--limit", "x"), "usage", 2, "--help"),
    "too-small": (("history", "--limit", "0"), "usage", 2, "--help"),
    "no-shell": (("completion", "ksh"), "usage", 2, "--help"),
    "no-subcommand": (("config", "vlidate"), "usage", 2, 'did you mean "validate"?'),
    "no-fraise": (("status", "my_ap", "staging"), "unknown-fraise", 3, 'did you mean "my_api"?'),
    "no-environment": (
        ("deploy", "my_api", "stagin", "--dry-run"),
        "unknown-environment",
        3,
        'did you mean "staging"?',
    ),
    "no-config": (("--config", "x.yaml", "list"), "config-not-found", 2, None),
    "bad-database": (("--database", "nonsense", "history"), "invalid-argument", 2, None),
}


@pytest.mark.parametrize("case", WRONG)
def test_failure__text__is_on_standard_error(case: str, fraisier: Fraisier, example: Path) -> None:
    """Without --json a failure is error[CODE] on standard error and nothing else."""
    arguments, code, status, hint = WRONG[case]
    result = fraisier(*arguments)
    assert (result.status, result.out) == (status, "")
    assert result.err.startswith(f"error[{code}]")
    assert hint is None or hint in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("case", WRONG)
def test_failure__json__is_on_standard_output(case: str, fraisier: Fraisier, example: Path) -> None:
    """With --json every failure prints its error as JSON."""
    arguments, code, status, _ = WRONG[case]
    result = fraisier(*arguments, "--json")
    assert (result.status, result.err) == (status, "")
    shown = result.lines()[-1]
    error: dict[str, Any] = shown["error"]
    assert error["code"] == code
    assert {"code", "message", "at", "hint"} <= error.keys()
    if arguments[0] == "deploy":
        assert (shown["event"], shown["success"], shown["code"]) == ("result", False, code)


def test_unexpected_error__json__has_code_internal(
    fraisier: Fraisier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in the program is an error like any other, without its secrets."""
    monkeypatch.setenv("SOME_PASSWORD", "hunter2222")

    def explode(_: object) -> None:
        raise RuntimeError("no connection with hunter2222")

    monkeypatch.setattr("fraisier.cli.session.Session.config", explode)
    result = fraisier("list", "--json")
    assert result.status == 1
    assert result.json()["error"]["code"] == "internal"
    assert "FRAISIER_DEBUG" in result.json()["error"]["hint"]
    assert "hunter2222" not in result.out


def test_interrupt__anywhere__exits_130(
    fraisier: Fraisier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is a failure with its own code and status."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fraisier.cli.session.Session.config", interrupt)
    result = fraisier("list", "--json")
    assert (result.status, result.json()["error"]["code"]) == (130, "interrupted")


def test_help__every_command__describes_itself(fraisier: Fraisier) -> None:
    """Each command of the table exists, has help, and takes the global options."""
    for name, entry in COMMANDS.items():
        names = [(name,)] if isinstance(entry, Entry) else [(name, inner) for inner in entry]
        for words in names:
            result = fraisier(*words, "--help")
            assert result.status == 0, words
            assert "--json" in result.out
            assert f"fraisier {' '.join(words)}" in result.out


def test_completion__each_shell__is_a_script(fraisier: Fraisier) -> None:
    """The scripts name the program that they complete."""
    for shell in ("bash", "zsh", "fish"):
        assert "_FRAISIER_COMPLETE" in fraisier("completion", shell).out


def test_completion__of_a_command__lists_it(tmp_path: Path) -> None:
    """The shell gets the names that begin like the word."""
    environ = {
        **os.environ,
        "_FRAISIER_COMPLETE": "bash_complete",
        "COMP_WORDS": "fraisier sta",
        "COMP_CWORD": "1",
    }
    done = program(environ, tmp_path)
    assert {line.split(",")[1] for line in done.stdout.splitlines()} == {
        "status",
        "status-all",
        "stats",
        "start",
    }


HEAVY = ("rich", "httpx", "graphql", "psycopg", "uvicorn", "sqlite3", "asyncio")


@pytest.mark.parametrize(("words", "more"), [(["--help"], ("yaml",)), (["list"], ())])
def test_start__help_and_list__import_nothing_heavy(
    words: list[str], more: tuple[str, ...], fraisier: Fraisier, example: Path
) -> None:
    """The two commands that must be fast load only what they print."""
    code = (
        "import sys; from fraisier.cli.main import run; status = run(sys.argv[1:]);"
        f"print(status, [name for name in {(*HEAVY, *more)!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_broken_pipe__reader_gone__is_quiet(example: Path, tmp_path: Path) -> None:
    """``fraisier list | head -0`` prints no complaint."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "fraisier", "list"],
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "FRAISIER_WEBHOOK_SECRET": "correct-horse-battery"},
    )
    os.close(writer)
    assert done.stderr == b""


def test_version__of_the_package__is_the_one_of_pyproject(fraisier: Fraisier) -> None:
    """The program says the version that is published."""
    project = (ROOT / "impl/py/pyproject.toml").read_text("utf-8")
    version = fraisier("--version").out
    assert f'version = "{version.split()[1]}"' in project


def test_webhook_program__help__is_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``fraisier-webhook --port`` is ``fraisier webhook --port``."""
    monkeypatch.setattr(sys, "argv", ["fraisier-webhook", "--help"])
    with pytest.raises(SystemExit) as caught:
        main.webhook_main()
    assert caught.value.code == 0
    assert "--port" in capsys.readouterr().out


def program(environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a process."""
    return subprocess.run(
        [sys.executable, "-m", "fraisier"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )


def test_webhook_main__help__is_that_of_a_program(
    fraisier: Fraisier, capsys: pytest.CaptureFixture[str]
) -> None:
    """The help of fraisier-webhook shows how that program is called."""
    main.run(["webhook", "--help"], program="fraisier-webhook")
    assert capsys.readouterr().out.startswith("Usage: fraisier-webhook [OPTIONS]")


def test_output__disk_full__is_said_with_a_status(example: Path) -> None:
    """A report that could not be written is no success."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fraisier", "--config", str(example), "list", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "FRAISIER_WEBHOOK_SECRET": "correct-horse-battery"},
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error[internal]")
    assert "Traceback" not in done.stderr


def test_printable__sequences_and_controls__do_not_pass() -> None:
    """Colours vanish, controls and marks of direction are replaced, wide text stays."""
    assert printable("\x1b[31mred\x1b[0m \x07\u202e\ud800") == "red \ufffd\ufffd\ufffd"
    assert printable("caf\u00e9\u00a0\U0001f353\tok") == "caf\u00e9\u00a0\U0001f353\tok"


def test_table__wide_characters__columns_stay_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    """A wide character takes two columns and a combining one none."""
    Output().table(("a", "b"), [("\u6f22\u5b57", "x"), ("e\u0301", "y")], "")
    assert capsys.readouterr().out.splitlines() == ["A     B", "\u6f22\u5b57  x", "e\u0301     y"]


def test_failure__interrupted_while_shown__ends_like_an_interruption(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ctrl-C while the error is being written is no stack trace and no death by the signal."""

    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(main, "show_failure", interrupted)
    assert main.run(["--config", "x.yaml", "list"]) == 130
