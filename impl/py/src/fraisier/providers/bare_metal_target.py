"""What the configuration says about a target of bare metal, checked and ready to use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.ssh import Address, Host
from fraisier.providers.systemd_jobs import job_units
from fraisier.providers.systemd_service import (
    environment_file,
    service_unit,
    shell_variables,
    unit_name,
)

_FOLDER = re.compile(r"/[A-Za-z0-9._+@/-]+")
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.@-]*")
_HERE = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Question:
    """What a host asks its own service: a path on a port of its own."""

    port: int
    path: str


@dataclass(frozen=True, slots=True)
class BareMetal:
    """
    One fraise in one environment on its hosts.

    ``folder`` is where it lives there, ``unit`` its service (``None``: it has none, only
    jobs or scripts), ``command`` how the unit that Fraisier writes starts it.
    """

    fraise: FraiseConfig
    hosts: tuple[Host, ...]
    folder: str
    unit: str | None
    command: tuple[str, ...] | None
    user_scope: bool
    sudo: bool

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, without SSH."""
        return self.hosts[0].is_here

    @property
    def question(self) -> Question | None:
        """What is asked on each host; ``None`` when its unit must do."""
        check = self.fraise.environment.health_check
        port = self.fraise.environment.target.get("port")
        if check is None:
            return None
        if check.url is None:
            return Question(int(port), check.path) if port and check.path else None
        parts = urlsplit(check.url)
        if parts.scheme != "http" or parts.hostname not in _HERE:
            return None
        query = f"?{parts.query}" if parts.query else ""
        return Question(parts.port or 80, f"{parts.path or '/'}{query}")

    @property
    def url(self) -> str | None:
        """The address that is asked from here, when it is none of the hosts' own."""
        check = self.fraise.environment.health_check
        return check.url if check is not None and self.question is None else None

    def parameters(self) -> list[str]:
        """The first parameters of every script."""
        scope = "user" if self.user_scope else "system"
        return [self.folder, self.unit or "", scope, "true" if self.sudo else "false"]

    def files(
        self, version: str, snapshot: Mapping[str, Any], variables: Mapping[str, str]
    ) -> dict[str, str]:
        """What a host keeps of a release beside its code: the environment and the units."""
        environment = f"{self.folder}/.fraisier/releases/{version}/environment"
        # Who logs in is known there: nothing runs as root unless root deploys.
        run_as = self.fraise.environment.target.get("run_as", "@account@")
        files = {
            "environment": environment_file(variables),
            "variables": shell_variables(variables),
        }
        if self.unit and snapshot.get("command"):
            files[f"units/{self.unit}"] = service_unit(
                self.fraise.label,
                snapshot["command"],
                f"{self.folder}/releases/{version}",
                environment,
                user_scope=self.user_scope,
                run_as=run_as,
            )
        jobs = job_units(
            self.fraise,
            f"{self.folder}/current",
            environment_file=environment,
            state_folder=f"{self.folder}/jobs",
            user=None if self.user_scope else run_as,
        )
        return files | {f"units/{name}": text for name, text in jobs.items()}


def bare_metal(fraise: FraiseConfig, home: Path) -> BareMetal:
    """
    The target of a fraise; ``home`` is where it lives on this machine.

    Raises:
        FraisierError: ``preflight-failed``: something is missing or cannot be.
    """
    target = fraise.environment.target
    hosts = _hosts(target)
    folder = str(home) if hosts[0].is_here else target.get("app_path")
    if folder is None:
        raise _refused(fraise, "target.app_path is missing", "the folder of the application there")
    if not _FOLDER.fullmatch(folder) or ".." in folder.split("/"):
        hint = "an absolute path of letters, digits and . _ + @ -"
        raise _refused(fraise, f"target.app_path cannot be {folder}", hint)
    user_scope = target.get("scope") == "user"
    if user_scope and (target.get("sudo") or target.get("run_as")):
        raise _refused(fraise, "target.sudo and run_as have no meaning with scope: user", None)
    return BareMetal(
        fraise=fraise,
        hosts=hosts,
        folder=folder.rstrip("/"),
        unit=_unit(fraise),
        command=tuple(target["command"]) if target.get("command") else None,
        user_scope=user_scope,
        sudo=bool(target.get("sudo")),
    )


def _hosts(target: Mapping[str, Any]) -> tuple[Host, ...]:
    names: Sequence[str] = target.get("hosts") or ([target["host"]] if target.get("host") else [])
    if not names:
        return (Host(None),)
    keys = ("user", "identity_file", "known_hosts")
    how = {key: target.get(key) for key in keys}
    port = int(target["ssh_port"]) if target.get("ssh_port") else None
    return tuple(Host(Address(name, port=port, **how)) for name in names)


def _unit(fraise: FraiseConfig) -> str | None:
    named: str | None = fraise.environment.target.get("systemd_service")
    if not fraise.has_service:
        return None
    unit = unit_name(named or f"fraisier-{fraise.name}-{fraise.environment.name}")
    if not _UNIT.fullmatch(unit):
        raise _refused(fraise, f'"{unit}" is not the name of a systemd service', None)
    return unit


def _refused(fraise: FraiseConfig, message: str, hint: str | None) -> FraisierError:
    return FraisierError(f"{fraise.label}: {message}", code="preflight-failed", hint=hint)
