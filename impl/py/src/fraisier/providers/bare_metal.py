"""Hosts with systemd: others over OpenSSH, or this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, ClassVar

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import (
    EMPTY,
    DeploymentResult,
    FraiseConfig,
    HealthState,
    HealthStatus,
    ScriptResult,
)
from fraisier.effects.clock import pause
from fraisier.effects.files import read_json
from fraisier.effects.lines import printable
from fraisier.effects.own_unit import is_part_of
from fraisier.effects.process import Completed, Stopped
from fraisier.effects.ssh import Host
from fraisier.providers import bare_metal_scripts as scripts
from fraisier.providers.bare_metal_beside import BESIDE, BESIDE_RUNS, watching
from fraisier.providers.bare_metal_health import look_at, wait_until_healthy
from fraisier.providers.bare_metal_target import BareMetal, bare_metal
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.systemd_service import shell_variables

LOOK_SECONDS = 60.0
SEND_SECONDS = 1_800.0
_NEVER_DEPLOYED, _NOT_THERE, _FENCED_OFF = 65, 66, 76


class BareMetalProvider(DeploymentProvider):
    """
    Runs the service as a unit of systemd on one host or on several, one after the other.

    ``target.host`` or ``hosts`` are reached over SSH; without them it is this machine. On
    each one ``app_path`` has ``releases/``, ``current`` (a link to the release that
    serves) and ``.fraisier``. With ``command`` the unit is written and enabled; without it
    ``systemd_service`` must be there, and is only restarted. The units of jobs come along.
    """

    name: ClassVar[str] = "bare-metal"
    runs_jobs: ClassVar[bool] = True

    def home(self, fraise: FraiseConfig) -> Path:
        """``app_path`` on this machine; releases for other hosts are built in the state folder."""
        target = fraise.environment.target
        remote = target.get("host") or target.get("hosts")
        own = target.get("app_path")
        return Path(own) if own and not remote else super().home(fraise)

    def preflight(self, fraise: FraiseConfig) -> None:
        """Every host answers, has what is needed, and has no unit of somebody else's."""
        target = self._target(fraise)
        for host in target.hosts:
            written = "true" if target.command else "false"
            done = self._run(target, host, scripts.CHECK, [written])
            if not done.ok:
                message = f"{fraise.label}: {host.name}: {_last(done)}"
                raise FraisierError(message, code="preflight-failed")

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """The command and the declared variables: they are of one piece with the code."""
        command = fraise.environment.target.get("command")
        return {
            "command": list(command) if command else None,
            "variables": dict(fraise.environment.variables),
        }

    def facts(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """Also ``PORT``."""
        port = fraise.environment.target.get("port")
        facts = super().facts(fraise, version, commit)
        return {**facts, "PORT": str(port)} if port else facts

    def service_url(self, fraise: FraiseConfig) -> str | None:
        """The first host stands for all."""
        target = fraise.environment.target
        if target.get("hosts") and target.get("port") and not _own_url(fraise):
            return f"http://{target['hosts'][0]}:{target['port']}"
        return super().service_url(fraise)

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """What all hosts serve; ``None`` when they differ, which is told."""
        found = self._served(self._target(fraise))
        releases = {release for release, _ in found.values()}
        if len(releases) > 1:
            parts = (f"{name} serves {each or 'nothing'}" for name, (each, _) in found.items())
            self.control.tell(", ".join(parts))
            return None
        return next(iter(releases)) or None

    def is_running(self, fraise: FraiseConfig) -> bool:
        """Whether the unit is active on every host."""
        return all(running for _, running in self._served(self._target(fraise)).values())

    def prepare(self, fraise: FraiseConfig, version: str) -> None:
        """Send the release to every host that does not have it, beside the one that serves."""
        target = self._target(fraise)
        for host in target.hosts:
            if not self._has(target, host, version):
                self._send(target, host, version)

    def is_prepared(self, fraise: FraiseConfig, version: str) -> bool:
        """Whether every host has exactly what was built here."""
        target = self._target(fraise)
        return all(self._has(target, host, version) for host in target.hosts)

    def forget(self, fraise: FraiseConfig, kept: Collection[str]) -> None:
        """Remove the other releases from every host."""
        target = self._target(fraise)
        for host in target.hosts:
            try:
                self._act(target, host, scripts.FORGET, [*self._fence(), *sorted(kept)])
            except FraisierError as error:
                self.control.tell(error.message)

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """
        Host after host: switch, restart, and go on only when it is healthy there.

        Raises:
            FraisierError: Also ``health-check-failed``, which names the host.
        """
        target = self._target(fraise)
        for host in target.hosts:
            self._switch(target, host, version)
            status = wait_until_healthy(target, host, self._run, self.control.should_stop)
            if status.state is not HealthState.HEALTHY:
                message = f"Health check failed: {status.message}"
                raise FraisierError(message, code="health-check-failed")
            if len(target.hosts) > 1:
                self.control.tell(f"{host.name}: {status.message}")
        return DeploymentResult(True, version)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Every host that can be reached goes back, also when another one cannot."""
        target = self._target(fraise)
        problems: list[FraisierError] = []
        for host in target.hosts:
            try:
                self._switch(target, host, to_version)
            except FraisierError as error:
                if error.code == "lease-lost":
                    raise
                problems.append(error)
        if problems:
            raise problems[0]
        return True

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """Look once at every host; the worst answer counts."""
        return look_at(self._target(fraise), self._run)

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the journal, redacted; of several hosts one after the other."""
        target = self._target(fraise)
        parts: list[str] = []
        for host in target.hosts:
            done = self._act(target, host, scripts.LOGS, [str(lines)])
            name = f"{host.name}:\n" if len(target.hosts) > 1 and done.stdout else ""
            parts.append(name + done.stdout.rstrip("\n"))
        text = "\n".join(part for part in parts if part)
        return "\n".join(printable(redact(line, fraise.secrets)) for line in text.splitlines())

    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the unit, and the timers of jobs, on every host."""
        return self._do(fraise, "stop")

    def start(self, fraise: FraiseConfig) -> bool:
        """Start the unit, and the timers of jobs, on every host."""
        return self._do(fraise, "start")

    def run_script(
        self,
        fraise: FraiseConfig,
        version: str,
        argv: Sequence[str],
        *,
        timeout_seconds: float,
        variables: Mapping[str, str] = EMPTY,
    ) -> ScriptResult:
        """
        On the first host, as the account that SSH logs in as. When this process dies, the
        program there goes on to its end; another one does not begin before.
        """
        target = self._target(fraise)
        if target.is_here:
            return super().run_script(
                fraise, version, argv, timeout_seconds=timeout_seconds, variables=variables
            )
        given = shell_variables(variables).encode()
        done = target.hosts[0].run(
            scripts.RUN,
            [*target.parameters(), version, *argv],
            timeout_seconds=timeout_seconds,
            stdin=given,
            on_line=self.control.tell,
            secrets=fraise.secrets,
            should_stop=self.control.should_stop,
        )
        return ScriptResult(done.exit_status, done.tail)

    def _do(self, fraise: FraiseConfig, what: str) -> bool:
        target = self._target(fraise)
        for host in target.hosts:
            self._act(target, host, scripts.DO, [what, *self._fence()])
        states = [running for _, running in self._served(target).values()]
        return all(states) if what == "start" else not target.unit or not any(states)

    def _switch(self, target: BareMetal, host: Host, version: str) -> None:
        if target.unit and host.is_here and is_part_of(target.unit):
            self._switch_beside(target, host, version)
            return
        words = [version, *self._fence()]
        done = self._run(target, host, scripts.SWITCH, words, self._switch_seconds(target))
        if done.exit_status == _NOT_THERE:  # an older release that the host has not kept
            self._send(target, host, version)
            done = self._run(target, host, scripts.SWITCH, words, self._switch_seconds(target))
        self._checked(target, host, done)

    def _switch_beside(self, target: BareMetal, host: Host, version: str) -> None:
        """
        Let a program beside the unit switch it: the restart ends this process. It switches
        back when the new release is not well; the worker of that old release is told here.
        """
        reason = self._act(target, host, scripts.REVERTED, [version]).stdout.strip()
        if reason:
            raise FraisierError(f"the new release {reason}", code="health-check-failed")
        if self._served(target)[host.name] == (version, True):
            return
        words = watching(target, version, self._fence())
        started = self._run(target, host, BESIDE, words)
        self.control.tell("The restart ends this worker; the new release goes on from here.")
        while started.ok:
            if self.control.should_stop():
                raise Stopped
            if self._run(target, host, BESIDE_RUNS, words).exit_status != 0:
                break
            pause(0.2)
        reason = self._act(target, host, scripts.REVERTED, [version]).stdout.strip()
        if reason or not started.ok:
            text = reason or _last(started)
            raise FraisierError(f"the new release {text}", code="provider-failed")

    def _switch_seconds(self, target: BareMetal) -> float:
        return target.fraise.environment.timeouts.switch

    def _has(self, target: BareMetal, host: Host, version: str) -> bool:
        words = [version, self._build(target, version)]
        done = self._run(target, host, scripts.HAS, words)
        if done.exit_status == _NOT_THERE:
            return False
        self._checked(target, host, done)
        return True

    def _send(self, target: BareMetal, host: Host, version: str) -> None:
        from fraisier.effects.archive import pack

        folder = self.release_folder(target.fraise, version)
        marker = read_json(folder.with_name(f"{version}.json"))
        if marker is None or not folder.is_dir():
            raise FraisierError(f"the release {version} is not there", code="provider-failed")
        facts = self.facts(target.fraise, marker["version"], marker["git_commit"])
        snapshot = marker["snapshot"]
        files = target.files(version, snapshot, {**snapshot["variables"], **facts})
        archive, digest = pack(None if host.is_here else folder, files)
        words = [version, self._build(target, version), digest, *self._fence()]
        self._act(target, host, scripts.RECEIVE, words, SEND_SECONDS, archive)
        if not host.is_here:
            self.control.tell(f"{host.name} has the release")

    def _build(self, target: BareMetal, version: str) -> str:
        """What tells one build of a release from another: when it was finished."""
        marker = self.release_folder(target.fraise, version).with_name(f"{version}.json")
        return str(marker.stat().st_mtime_ns) if marker.exists() else "none"

    def _served(self, target: BareMetal) -> dict[str, tuple[str, bool]]:
        found: dict[str, tuple[str, bool]] = {}
        for host in target.hosts:
            done = self._act(target, host, scripts.CURRENT, [])
            release, running = done.stdout.split("\n")[:2]
            found[host.name] = (release, running == "true")
        return found

    def _fence(self) -> list[str]:
        token = self.control.fencing_token
        return [self.control.scope or "none", "" if token is None else str(token)]

    def _act(
        self,
        target: BareMetal,
        host: Host,
        script: str,
        words: Sequence[str],
        seconds: float = LOOK_SECONDS,
        stdin: bytes | IO[bytes] = b"",
    ) -> Completed:
        """Run a script that must succeed."""
        return self._checked(target, host, self._run(target, host, script, words, seconds, stdin))

    def _run(
        self,
        target: BareMetal,
        host: Host,
        script: str,
        words: Sequence[str],
        seconds: float = LOOK_SECONDS,
        stdin: bytes | IO[bytes] = b"",
    ) -> Completed:
        return host.run(
            script,
            [*target.parameters(), *words],
            timeout_seconds=seconds,
            stdin=stdin,
            secrets=target.fraise.secrets,
            should_stop=self.control.should_stop,
        )

    def _checked(self, target: BareMetal, host: Host, done: Completed) -> Completed:
        if done.ok:
            return done
        if done.exit_status == _FENCED_OFF:
            message = f"another worker has taken {target.fraise.label} over"
            raise FraisierError(message, code="lease-lost")
        if done.exit_status == _NEVER_DEPLOYED:
            message = f"{target.fraise.label} has never been deployed"
            raise FraisierError(message, code="not-deployed")
        text = "\n".join(done.tail[-15:]) or f"exit status {done.exit_status}"
        raise FraisierError(f"{host.name}: {text}", code="provider-failed")

    def _target(self, fraise: FraiseConfig) -> BareMetal:
        return bare_metal(fraise, self.home(fraise))


def _own_url(fraise: FraiseConfig) -> bool:
    check = fraise.environment.health_check
    return check is not None and check.url is not None


def _last(done: Completed) -> str:
    return done.tail[-1] if done.tail else f"exit status {done.exit_status}"
