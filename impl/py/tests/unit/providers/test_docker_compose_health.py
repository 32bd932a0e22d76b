"""What is made of what the engine says about containers."""

from __future__ import annotations

from typing import Any

import pytest
from fraisier.domain.values import Environment, Fraise, FraiseConfig, HealthState
from fraisier.providers.docker_compose_health import (
    Container,
    containers_of,
    lasting,
    published_port,
    release_of,
    verdict,
)

SHOP = FraiseConfig(Fraise("shop", "api"), Environment("production", "docker-compose"))
RUNNING = {"Status": "running", "ExitCode": 0}


def _found(service: str = "api", status: str = "Up 3 seconds", **changes: Any) -> dict[str, Any]:
    labels = {
        "com.docker.compose.service": service,
        "fraisier.fraise": changes.get("fraise", "shop/production"),
        "fraisier.release": changes.get("release", "1.0-a"),
        "fraisier.services": changes.get("services", "api"),
        "com.docker.compose.depends_on": changes.get("needs", ""),
    }
    state = changes.get("state", RUNNING)
    return {
        "id": service,
        "labels": labels,
        "status": status,
        "state": state,
        "ports": changes.get("ports"),
    }


def _containers(*found: dict[str, Any]) -> list[Container]:
    return containers_of(SHOP, found)


def test_containers_of__those_of_another_fraise__are_left_out() -> None:
    """Two fraises may share a project; a database belongs to neither."""
    stranger = {**_found(), "labels": None}
    assert _containers(_found(fraise="other/production"), stranger) == []


def test_release_of__mixed_or_incomplete__is_none() -> None:
    """A switch that died in the middle is neither the old release nor the new one."""
    both = {"services": "api,job"}
    whole = _containers(_found(**both), _found("job", **both))
    assert release_of(whole) == "1.0-a"
    assert release_of(whole[:1]) is None
    assert release_of(_containers(_found(**both), _found("job", release="2.0-b", **both))) is None


@pytest.mark.parametrize(
    ("state", "status", "verdict_is", "text"),
    [
        (RUNNING, "Up 3 seconds", "healthy", "api is running"),
        (RUNNING, "Up Less than a second", "unknown", "just begun"),
        (RUNNING | {"Health": {"Status": "starting"}}, "Up 9 seconds", "unknown", "just begun"),
        (RUNNING | {"Health": {"Status": "healthy"}}, "Up 9 seconds", "healthy", "api is healthy"),
        ({"Status": "exited", "ExitCode": 137, "OOMKilled": True}, "", "down", "137 (out of mem"),
        ({"Status": "restarting", "ExitCode": 3}, "", "down", "exit status 3"),
        ({"Status": "created", "Error": "port taken"}, "", "down", "is created: port taken"),
        ({"Status": "paused"}, "Up 9 seconds (Paused)", "down", "is paused"),
    ],
)
def test_verdict__one_container__is_as_its_state(
    state: dict[str, Any], status: str, verdict_is: str, text: str
) -> None:
    """Running alone is not enough when there is a health check or it has just begun."""
    said = verdict(SHOP, _containers(_found(status=status, state=state)))
    assert said.state == verdict_is
    assert text in said.message


def test_verdict__unhealthy__says_what_the_check_printed_redacted() -> None:
    """The reason, without a secret in it."""
    log = [{"Output": "old"}, {"Output": "no answer,\n token s3cr3t"}]
    state = RUNNING | {"Health": {"Status": "unhealthy", "Log": log}}
    shop = SHOP._replace(secrets=frozenset({"s3cr3t"}))
    said = verdict(shop, containers_of(shop, [_found(state=state)]))
    assert said == (HealthState.DOWN, "api is unhealthy: no answer, token ***")


def test_verdict__no_or_missing_container__is_down() -> None:
    """Nothing is healthy that is not there."""
    assert verdict(SHOP, []).state is HealthState.DOWN
    said = verdict(SHOP, _containers(_found(services="api,job")))
    assert said == (HealthState.DOWN, "job has no container")


def test_lasting__one_that_had_to_end_first__is_over_by_design() -> None:
    """A migration job that ended well is no service that died; one that failed is."""
    both = {"services": "api,job"}
    api = _found(needs="job:service_completed_successfully:false", **both)
    job = _found("job", state={"Status": "exited", "ExitCode": 0}, **both)
    assert [each.service for each in lasting(_containers(api, job))] == ["api"]
    assert verdict(SHOP, _containers(api, job)).state is HealthState.HEALTHY
    failed = _found("job", state={"Status": "exited", "ExitCode": 1}, **both)
    assert verdict(SHOP, _containers(api, failed)).state is HealthState.DOWN


def test_published_port__several_services__is_that_of_the_main_one() -> None:
    """The order of the containers does not matter."""
    one = _found("job", ports={"1/tcp": [{"HostIp": "", "HostPort": "1001"}]})
    main = _found("api", ports={"2/tcp": None, "3/tcp": [{"HostIp": "", "HostPort": "1003"}]})
    assert published_port(_containers(one, main), "api") == 1003
    assert published_port(_containers(_found()), None) is None
