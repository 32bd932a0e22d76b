"""Hosts with systemd: others over OpenSSH, or this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem
from fraisier.domain.redaction import redact
from fraisier.domain.values import (
    EMPTY,
    DeploymentResult,
    FraiseConfig,
    HealthState,
    HealthStatus,
    JobStatus,
    ScriptResult,
)
from fraisier.effects.lines import printable
from fraisier.providers.bare_metal_jobs import look_at_jobs
from fraisier.providers.bare_metal_target import bare_metal
from fraisier.providers.bare_metal_work import BareMetalWork
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.systemd_service import shell_variables


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
        work = self._work(fraise)
        for host in work.target.hosts:
            reason = work.check(host)
            if reason is not None:
                raise FraisierError(f"{fraise.label}: {reason}", code="preflight-failed")

    def diagnose(self, fraise: FraiseConfig) -> list[Finding]:
        """The same about every host, also behind one that has a problem."""
        try:
            work = self._work(fraise)
        except FraisierError as error:
            return [problem(error.message, fraise.label, error.hint)]
        return [self._finding(work, number) for number in range(len(work.target.hosts))]

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

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """What all hosts serve; ``None`` when they differ, which is told."""
        return self._work(fraise).agreed()

    def is_running(self, fraise: FraiseConfig) -> bool:
        """Whether the unit is active on every host."""
        return all(running for _, running in self._work(fraise).served().values())

    def prepare(self, fraise: FraiseConfig, version: str) -> None:
        """Send the release to every host that does not have it, beside the one that serves."""
        work = self._work(fraise)
        for host in work.target.hosts:
            if not work.has(host, version):
                work.send(host, version)

    def is_prepared(self, fraise: FraiseConfig, version: str) -> bool:
        """Whether every host has exactly what was built here."""
        work = self._work(fraise)
        return all(work.has(host, version) for host in work.target.hosts)

    def forget(self, fraise: FraiseConfig, kept: Collection[str]) -> None:
        """Remove the other releases from every host."""
        work = self._work(fraise)
        for host in work.target.hosts:
            try:
                work.forget(host, kept)
            except FraisierError as error:
                self.control.tell(error.message)

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """
        Host after host: switch, restart, and go on only when it is healthy there.

        Raises:
            FraisierError: Also ``health-check-failed``, which names the host.
        """
        work = self._work(fraise)
        for host in work.target.hosts:
            work.switch(host, version)
            status = work.well(host)
            if status.state is not HealthState.HEALTHY:
                message = f"Health check failed: {status.message}"
                raise FraisierError(message, code="health-check-failed")
            if len(work.target.hosts) > 1:
                self.control.tell(f"{host.name}: {status.message}")
        return DeploymentResult(True, version)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Every host that can be reached goes back, also when another one cannot."""
        work = self._work(fraise)
        problems: list[FraisierError] = []
        for host in work.target.hosts:
            try:
                work.switch(host, to_version)
            except FraisierError as error:
                if error.code == "lease-lost":
                    raise
                problems.append(error)
        if problems:
            raise problems[0]
        return True

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """Look once at every host; the worst answer counts."""
        return self._work(fraise).look()

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the journal, redacted; of several hosts one after the other."""
        found = self._work(fraise).logs(lines)
        return "\n".join(printable(redact(line, fraise.secrets)) for line in found)

    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the unit, and the timers of jobs, on every host."""
        work = self._work(fraise)
        return not any(work.do("stop")) or not work.target.unit

    def start(self, fraise: FraiseConfig) -> bool:
        """Start the unit, and the timers of jobs, on every host."""
        return all(self._work(fraise).do("start"))

    def jobs(self, fraise: FraiseConfig) -> tuple[JobStatus, ...]:
        """What systemd on the hosts knows; that a host cannot be asked is told with each job."""
        return look_at_jobs(self._work(fraise))

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
        work = self._work(fraise)
        if work.target.is_here:
            work.pass_fence(work.target.hosts[0])
            return super().run_script(
                fraise, version, argv, timeout_seconds=timeout_seconds, variables=variables
            )
        given = shell_variables(variables).encode()
        done = work.run_script(work.target.hosts[0], version, argv, timeout_seconds, given)
        return ScriptResult(done.exit_status, done.tail)

    def _finding(self, work: BareMetalWork, number: int) -> Finding:
        host, label = work.target.hosts[number], work.target.fraise.label
        try:
            reason = work.check(host)
        except FraisierError as error:
            return problem(error.message, label, error.hint)
        return problem(reason, label) if reason else fine(f"{host.name} is ready", label)

    def _work(self, fraise: FraiseConfig) -> BareMetalWork:
        return BareMetalWork(
            bare_metal(fraise, self.home(fraise)),
            self.control,
            lambda version: self.release_folder(fraise, version),
            lambda version, commit: self.facts(fraise, version, commit),
        )
