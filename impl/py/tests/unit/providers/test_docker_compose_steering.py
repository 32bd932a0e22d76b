"""Where a Compose project answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.values import Environment, Fraise, FraiseConfig
from fraisier.effects.compose import docker_environment
from fraisier.providers.base import Control
from fraisier.providers.docker_compose_steering import Steering


def _steering(**target: Any) -> Steering:
    environment = Environment("production", "docker-compose", target=target)
    return Steering(FraiseConfig(Fraise("shop", "api"), environment), Path("/nowhere"), Control())


@pytest.mark.parametrize(
    ("engine", "address"),
    [
        ("unix:///run/docker.sock", "http://127.0.0.1:8080"),
        ("tcp://10.0.0.5:2375", "http://10.0.0.5:8080"),
        ("ssh://ci@engine.example", "http://engine.example:8080"),
        ("ssh://ci@[fd00::1]:2222", "http://[fd00::1]:8080"),
    ],
)
def test_address__engine_elsewhere__is_on_its_host(engine: str, address: str) -> None:
    """A port is published where the engine is."""
    assert _steering(docker_host=engine, port=8080).address() == address


def test_environment__engine_of_the_target__wins_over_that_of_the_user() -> None:
    """A context would win over the host again."""
    user = {"DOCKER_HOST": "unix:///other", "DOCKER_CONTEXT": "other", "FRAISIER_SECRET": "x"}
    assert docker_environment(None, user)["DOCKER_CONTEXT"] == "other"
    chosen = docker_environment("tcp://engine:2375", user)
    assert chosen["DOCKER_HOST"] == "tcp://engine:2375"
    assert not {"DOCKER_CONTEXT", "FRAISIER_SECRET"} & chosen.keys()


def test_fence__worker_without_a_token__has_none() -> None:
    """A user's own command is compared with nothing."""
    assert _steering().fence is None
