"""SSH, as far as no host is needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.effects.ssh import Address, Host


def test_run__without_address__runs_here_with_literal_parameters() -> None:
    """Parameters are never read as shell, and the input is read as it is."""
    odd = ["$HOME", "a b", "`id`", "'"]
    script = 'printf "%s\\n" "$@"; cat'
    done = Host(None).run(script, odd, timeout_seconds=10, stdin=b"data $HOME")
    assert done.stdout.splitlines() == [*odd, "data $HOME"]


def test_run__no_ssh_client__is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without OpenSSH says so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FraisierError) as caught:
        Host(Address("203.0.113.1")).run("true", [], timeout_seconds=10)
    assert caught.value.code == "tool-missing"


def test_run__folder_of_somebody_else__is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Connections are never put where others could reach them."""
    monkeypatch.setattr("fraisier.effects.ssh._FOLDER_CHARACTERS_MAX", 500)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"fraisier-ssh-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(FraisierError, match="in the way"):
        Host(Address("203.0.113.1")).run("true", [], timeout_seconds=10)


def test_run__host_takes_the_connection_and_says_nothing__is_unreachable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A client that never comes back is ended: no step waits for it for ever."""
    client = tmp_path / "ssh"
    client.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("fraisier.effects.ssh.OPEN_SECONDS", 0.5)
    with pytest.raises(FraisierError, match="nobody was let in within") as caught:
        Host(Address("203.0.113.2")).run("true", [], timeout_seconds=10)
    assert caught.value.code == "host-unreachable"
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()
