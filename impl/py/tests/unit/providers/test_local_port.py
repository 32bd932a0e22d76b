"""Whose port it is: the service's own also while one release gives way to the next."""

from __future__ import annotations

import fcntl
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fraisier.domain.values import Environment, Fraise, FraiseConfig
from fraisier.providers.local import LocalProvider


@pytest.fixture
def port() -> Iterator[int]:
    """One on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _fraise(port: int, home: Path) -> FraiseConfig:
    target = {"command": ["python3"], "port": port, "directory": str(home)}
    environment = Environment("production", "local", target=target)
    return FraiseConfig(Fraise("shop", "api"), environment)


def _asked(home: Path, port: int, reached: int) -> None:
    """Generation 2 is wanted; the supervisor has told of another one, whose process is gone."""
    wish = {"generation": 2, "state": "running", "environment": {"PORT": str(port)}}
    (home / "desired.json").write_text(json.dumps(wish))
    told = {"generation": reached, "state": "running", "pid": None}
    (home / "status.json").write_text(json.dumps(told))


def _problems(fraise: FraiseConfig, home: Path) -> list[str]:
    found = LocalProvider(home).diagnose(fraise)
    return [each.what for each in found if each.level == "problem"]


def test_diagnose__service_is_being_exchanged__port_is_its_own(tmp_path: Path, port: int) -> None:
    """The old process is gone, the new one listens, and the supervisor has not said so yet."""
    _asked(tmp_path, port, reached=1)
    with (tmp_path / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert _problems(_fraise(port, tmp_path), tmp_path) == []


def test_diagnose__nobody_exchanges_it__port_is_taken(tmp_path: Path, port: int) -> None:
    """Without a supervisor, or with one that has done what was asked, it is a stranger's."""
    _asked(tmp_path, port, reached=1)
    assert _problems(_fraise(port, tmp_path), tmp_path) == [f"the port {port} is taken"]
    _asked(tmp_path, port, reached=2)
    with (tmp_path / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert _problems(_fraise(port, tmp_path), tmp_path) == [f"the port {port} is taken"]
