"""What is done on the hosts of one target, on behalf of one worker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import IO

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import HealthStatus
from fraisier.effects.clock import pause
from fraisier.effects.files import read_json
from fraisier.effects.own_unit import is_part_of
from fraisier.effects.process import Completed, Stopped
from fraisier.effects.ssh import Host
from fraisier.providers import bare_metal_scripts as scripts
from fraisier.providers.bare_metal_beside import BESIDE, BESIDE_RUNS, watching
from fraisier.providers.bare_metal_health import look_at, wait_until_healthy
from fraisier.providers.bare_metal_target import BareMetal
from fraisier.providers.base import Control

LOOK_SECONDS = 60.0
SEND_SECONDS = 1_800.0
_NEVER_DEPLOYED, _NOT_THERE, _FENCED_OFF = 65, 66, 76

Facts = Callable[[str, str], Mapping[str, str]]  # version and commit to variables


class BareMetalWork:
    """
    ``folder_of`` says where the files of a release were built here, ``facts`` what a
    service is told of its release.

    Raises (every method):
        FraisierError: ``host-unreachable``, ``provider-failed``, ``lease-lost``,
            ``not-deployed``.
        Stopped: The worker is to stop.
    """

    def __init__(
        self,
        target: BareMetal,
        control: Control,
        folder_of: Callable[[str], Path],
        facts: Facts,
    ) -> None:
        self.target = target
        self._control = control
        self._folder_of = folder_of
        self._facts = facts

    def check(self, host: Host) -> str | None:
        """Why nothing could be deployed to the host; ``None`` when it is ready."""
        port = self.target.fraise.environment.target.get("port")
        words = ["true" if self.target.command else "false", str(port or "")]
        done = self._run(host, scripts.CHECK, words)
        if done.ok:
            return None
        return f"{host.name}: {done.tail[-1] if done.tail else done.exit_status}"

    def served(self) -> dict[str, tuple[str, bool]]:
        """By host: the release that serves (empty for none), and whether the unit runs."""
        found: dict[str, tuple[str, bool]] = {}
        for host in self.target.hosts:
            release, running = self._act(host, scripts.CURRENT, []).stdout.split("\n")[:2]
            found[host.name] = (release, running == "true")
        return found

    def has(self, host: Host, version: str) -> bool:
        """Whether the host has exactly what was built here."""
        done = self._run(host, scripts.HAS, [version, self._build(version)])
        if done.exit_status == _NOT_THERE:
            return False
        self._checked(done, host)
        return True

    def send(self, host: Host, version: str) -> None:
        """Bring a release to the host; on this one only what belongs to it."""
        from fraisier.effects.archive import pack

        folder = self._folder_of(version)
        marker = read_json(folder.with_name(f"{version}.json"))
        if marker is None or not folder.is_dir():
            raise FraisierError(f"the release {version} is not there", code="provider-failed")
        snapshot = marker["snapshot"]
        facts = self._facts(marker["version"], marker["git_commit"])
        files = self.target.files(version, snapshot, {**snapshot["variables"], **facts})
        archive, digest = pack(None if host.is_here else folder, files)
        words = [version, self._build(version), digest, *self._fence()]
        self._act(host, scripts.RECEIVE, words, SEND_SECONDS, archive)
        if not host.is_here:
            self._control.tell(f"{host.name} has the release")

    def switch(self, host: Host, version: str) -> None:
        """Make a release the one that serves; done twice it is done once."""
        if self.target.unit and host.is_here and is_part_of(self.target.unit):
            self._switch_beside(host, version)
            return
        words = [version, *self._fence()]
        seconds = self.target.fraise.environment.timeouts.switch
        done = self._run(host, scripts.SWITCH, words, seconds)
        if done.exit_status == _NOT_THERE:  # an older release that the host has not kept
            self.send(host, version)
            done = self._run(host, scripts.SWITCH, words, seconds)
        self._checked(done, host)

    def well(self, host: Host) -> HealthStatus:
        """Wait until one host is healthy; the last verdict when its time is over."""
        return wait_until_healthy(self.target, host, self._look, self._control.should_stop)

    def look(self) -> HealthStatus:
        """Look once at every host; the worst answer counts."""
        return look_at(self.target, self._look)

    def logs(self, host: Host, lines: int) -> str:
        """The newest lines of the journal, not redacted."""
        return self._act(host, scripts.LOGS, [str(lines)]).stdout.rstrip("\n")

    def do(self, what: str) -> list[bool]:
        """``stop`` or ``start`` everywhere; which units run then."""
        for host in self.target.hosts:
            self._act(host, scripts.DO, [what, *self._fence()])
        return [running for _, running in self.served().values()]

    def forget(self, host: Host, kept: Collection[str]) -> None:
        """Remove the releases that are not kept; never the one that serves."""
        self._act(host, scripts.FORGET, [*self._fence(), *sorted(kept)])

    def run_script(
        self, host: Host, version: str, argv: Sequence[str], timeout_seconds: float, stdin: bytes
    ) -> Completed:
        """Run a program in the folder of a release; its lines are told as they come."""
        return host.run(
            scripts.RUN,
            [*self.target.parameters(), version, *argv],
            timeout_seconds=timeout_seconds,
            stdin=stdin,
            on_line=self._control.tell,
            secrets=self.target.fraise.secrets,
            should_stop=self._control.should_stop,
        )

    def _switch_beside(self, host: Host, version: str) -> None:
        """
        Let a program beside the unit switch it: the restart ends this process. It switches
        back when the new release is not well; the worker of that old release is told here.
        """
        reason = self._reverted(host, version)
        if reason:
            raise FraisierError(f"the new release {reason}", code="health-check-failed")
        if self.served()[host.name] == (version, True):
            return
        words = watching(self.target, version, self._fence())
        self._act(host, BESIDE, words)
        self._control.tell("The restart ends this worker; the next one goes on from here.")
        while self._run(host, BESIDE_RUNS, words).ok:
            if self._control.should_stop():
                raise Stopped
            pause(0.2)
        reason = self._reverted(host, version)
        if reason:
            raise FraisierError(f"the new release {reason}", code="provider-failed")

    def _reverted(self, host: Host, version: str) -> str:
        return self._act(host, scripts.REVERTED, [version]).stdout.strip()

    def _build(self, version: str) -> str:
        """What tells one build of a release from another: when it was finished."""
        marker = self._folder_of(version).with_name(f"{version}.json")
        return str(marker.stat().st_mtime_ns) if marker.exists() else "none"

    def _fence(self) -> list[str]:
        token = self._control.fencing_token
        return [self._control.scope or "none", "" if token is None else str(token)]

    def _look(self, host: Host, script: str, words: Sequence[str]) -> Completed:
        return self._run(host, script, words)

    def _act(
        self,
        host: Host,
        script: str,
        words: Sequence[str],
        seconds: float = LOOK_SECONDS,
        stdin: bytes | IO[bytes] = b"",
    ) -> Completed:
        """Run a script that must succeed."""
        return self._checked(self._run(host, script, words, seconds, stdin), host)

    def _run(
        self,
        host: Host,
        script: str,
        words: Sequence[str],
        seconds: float = LOOK_SECONDS,
        stdin: bytes | IO[bytes] = b"",
    ) -> Completed:
        return host.run(
            script,
            [*self.target.parameters(), *words],
            timeout_seconds=seconds,
            stdin=stdin,
            secrets=self.target.fraise.secrets,
            should_stop=self._control.should_stop,
        )

    def _checked(self, done: Completed, host: Host) -> Completed:
        if done.ok:
            return done
        label = self.target.fraise.label
        if done.exit_status == _FENCED_OFF:
            raise FraisierError(f"another worker has taken {label} over", code="lease-lost")
        if done.exit_status == _NEVER_DEPLOYED:
            raise FraisierError(f"{label} has never been deployed", code="not-deployed")
        text = "\n".join(done.tail[-15:]) or f"exit status {done.exit_status}"
        raise FraisierError(f"{host.name}: {text}", code="provider-failed")
