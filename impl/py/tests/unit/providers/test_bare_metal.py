"""Scripts, units and files of bare metal, as far as no host is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Environment, Fraise, FraiseConfig
from fraisier.providers import bare_metal_scripts as scripts
from fraisier.providers.bare_metal import BareMetalProvider
from fraisier.providers.bare_metal_target import bare_metal
from fraisier.providers.systemd_service import (
    command_line,
    environment_file,
    service_unit,
    shell_variables,
)

ODD = "a \"b\" 'c' \\d $HOME `id` %n\nsecond"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/sick?a=1" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """A service."""
    with HTTPServer(("127.0.0.1", 0), _Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("tool", ["curl", "python3", "perl"])
@pytest.mark.parametrize(("path", "status"), [("/health", "200"), ("/sick?a=1", "503")])
def test_look__one_tool__says_what_the_service_answers(
    tmp_path: Path, port: int, tool: str, path: str, status: str
) -> None:
    """Whatever a host has to ask with, the answer is the same."""
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    done = _look(tmp_path, [tool], str(port), path)
    assert f"Answer={status}" in done.stdout.splitlines(), done


def test_look__no_tool__is_told(tmp_path: Path, port: int) -> None:
    """A host without any of them fails with a sentence."""
    done = _look(tmp_path, [], str(port), "/health")
    assert done.returncode == 69
    assert "curl, python3 or perl is needed" in done.stderr


def test_look__nobody_listens__has_no_answer(tmp_path: Path, port: int) -> None:
    """A closed port is no status."""
    done = _look(tmp_path, ["python3"], "1", "/health")
    assert done.returncode == 0
    assert not any(line.startswith("Answer=2") for line in done.stdout.splitlines())


def _look(
    tmp_path: Path, tools: list[str], port: str, path: str
) -> subprocess.CompletedProcess[str]:
    for tool in (*tools, "sh", "timeout", "id"):
        # Not what is found by the name: it may be a program that needs others.
        program = sys.executable if tool == "python3" else shutil.which(tool)
        (tmp_path / tool).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        (tmp_path / tool).chmod(0o755)
    words = ["/nowhere", "", "system", "false", port, path, "5"]
    return subprocess.run(
        ["/bin/sh", "-c", scripts.LOOK, "fraisier", *words],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_shell_variables__odd_value__comes_back_exactly() -> None:
    """Nothing in a value is expanded or run."""
    text = shell_variables({"ODD": ODD})
    done = subprocess.run(
        ["sh", "-c", 'eval "$(cat)"; printf %s "$ODD"'],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == ODD


def test_environment_file__value_with_nul__is_refused() -> None:
    """No environment can have it."""
    with pytest.raises(FraisierError, match="NUL"):
        environment_file({"A": "a\0b"})


def test_command_line__odd_words__are_literal() -> None:
    """Neither specifiers nor variables of systemd are expanded in arguments."""
    line = command_line(["./run", "%h", "$HOME", 'a "b"'], "/srv/app")
    assert line == '"/srv/app/run" "%%h" "$$HOME" "a \\"b\\""'


def test_service_unit__newline_in_label__is_one_line() -> None:
    """A value cannot begin another line of the unit."""
    unit = service_unit("a\nExecStartPre=/bin/evil", ["x"], "/srv", "/srv/env")
    assert "\nExecStartPre" not in unit


@pytest.mark.parametrize("folder", ["relative", "/srv/../etc", "/srv/a b", "/srv/a;b"])
def test_bare_metal__folder_that_cannot_be__is_refused(folder: str, tmp_path: Path) -> None:
    """It goes into units and scripts."""
    with pytest.raises(FraisierError) as caught:
        bare_metal(_fraise(host="one", app_path=folder), tmp_path)
    assert caught.value.code == "preflight-failed"


def test_bare_metal__host_without_folder__is_refused(tmp_path: Path) -> None:
    """There is no default for somebody else's machine."""
    with pytest.raises(FraisierError, match="app_path is missing"):
        bare_metal(_fraise(host="one"), tmp_path)


def _fraise(**target: object) -> FraiseConfig:
    place = Environment("production", "bare-metal", target)
    return FraiseConfig(Fraise("shop", "api", environments={"production": place}), place)


def test_logs__journal_is_longer_than_what_is_kept__are_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of megabytes the last lines are shown, not those that came first."""
    journal = tmp_path / "bin" / "journalctl"
    journal.parent.mkdir()
    text = "import sys; sys.stdout.writelines(f'line {n} {\"x\" * 100}\\n' for n in range(30_000))"
    journal.write_text(f"#!{sys.executable}\n{text}\n")
    journal.chmod(0o755)
    monkeypatch.setenv("PATH", f"{journal.parent}:/usr/bin:/bin")
    environment = Environment("production", "bare-metal", target={"app_path": str(tmp_path)})
    shop = FraiseConfig(Fraise("shop", "api"), environment)
    shown = BareMetalProvider(tmp_path).logs(shop, 2).splitlines()
    assert [line.split()[1] for line in shown] == ["29998", "29999"]
