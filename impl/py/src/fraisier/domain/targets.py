"""The targets that ``fraises.yaml`` knows: their keys and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class KnownTarget(NamedTuple):
    """
    One value of ``target.provider``.

    ``keys`` maps every key beside ``provider`` to the kind of its value,
    ``detail`` names the key that is shown in brackets. ``tells_jobs``: the provider knows
    when jobs ran.
    """

    keys: Mapping[str, str]
    required: tuple[str, ...] = ()
    detail: str | None = None
    tells_jobs: bool = False


DEFAULT_TARGET = "bare-metal"

KNOWN_TARGETS: Mapping[str, KnownTarget] = {
    "bare-metal": KnownTarget(
        {
            "host": "host",
            "hosts": "hosts",
            "user": "account",
            "ssh_port": "port",
            "identity_file": "text",
            "known_hosts": "text",
            "app_path": "text",
            "systemd_service": "unit",
            "scope": "systemd_scope",
            "sudo": "boolean",
            "command": "command",
            "run_as": "account",
            "port": "port",
            "env": "variables",
            "variables": "variables",
        },
        detail="host",
        tells_jobs=True,
    ),
    "docker-compose": KnownTarget(
        {
            "file": "inner_path",
            "service": "service",
            "services": "services",
            "project": "compose_project",
            "image": "image",
            "docker_host": "docker_host",
            "port": "port",
            "env": "variables",
            "variables": "variables",
        },
    ),
    "coolify": KnownTarget(
        {"endpoint": "url", "project_id": "text", "api_key": "secret"}, required=("endpoint",)
    ),
    "aws": KnownTarget(
        {"region": "text", "service": "text", "cluster": "text"},
        required=("region",),
        detail="region",
    ),
    "scaleway": KnownTarget(
        {"region": "text", "instance_type": "text"}, required=("region",), detail="region"
    ),
    "ovh": KnownTarget(
        {"region": "text", "project": "text"}, required=("region",), detail="region"
    ),
    "kubernetes": KnownTarget({"context": "text", "namespace": "text"}, detail="namespace"),
    "exec": KnownTarget(
        {
            "command": "command",
            "options": "options",
            "timeout": "seconds",
            "env": "variables",
            "variables": "variables",
        },
        required=("command",),
    ),
    "local": KnownTarget(
        {
            "command": "command",
            "directory": "text",
            "port": "port",
            "env": "variables",
            "variables": "variables",
        },
        tells_jobs=True,
    ),
}


def target_detail(provider: str, target: Mapping[str, Any]) -> str | None:
    """What stands in brackets after the provider: a region, a host, or nothing."""
    known = KNOWN_TARGETS.get(provider)
    if known is None or known.detail is None:
        return None
    value = target.get(known.detail)
    if value is None and known.detail == "host" and target.get("hosts"):
        value = ", ".join(target["hosts"])
    return None if value is None else str(value)


def target_label(provider: str, target: Mapping[str, Any]) -> str:
    """``scaleway/fr-par``, or the provider alone."""
    detail = target_detail(provider, target)
    return provider if detail is None else f"{provider}/{detail}"
