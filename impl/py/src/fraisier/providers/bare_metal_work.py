"""What is done on the hosts of one target, on behalf of one worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import HealthStatus
from fraisier.effects.clock import pause
from fraisier.effects.own_unit import is_part_of
from fraisier.effects.process import Completed, Stopped
from fraisier.effects.ssh import Host
from fraisier.providers import bare_metal_scripts as scripts
from fraisier.providers.bare_metal_beside import BESIDE, BESIDE_RUNS, watching
from fraisier.providers.bare_metal_hands import FENCED_OFF, NOT_THERE, Hands
from fraisier.providers.bare_metal_health import look_at, wait_until_healthy
from fraisier.providers.bare_metal_target import BareMetal
from fraisier.providers.base import Control
from fraisier.providers.markers import finished, marker_of

SEND_SECONDS = 1_800.0

Facts = Callable[[str, str], Mapping[str, str]]  # version and commit to variables


class BareMetalWork(Hands):
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
        super().__init__(target, control)
        self._folder_of = folder_of
        self._facts = facts

    def check(self, host: Host) -> str | None:
        """Why nothing could be deployed to the host; ``None`` when it is ready."""
        port = self.target.fraise.environment.target.get("port")
        words = ["true" if self.target.command else "false", str(port or "")]
        done = self.run(host, scripts.CHECK, words)
        if done.ok:
            return None
        return f"{host.name}: {done.tail[-1] if done.tail else done.exit_status}"

    def served(self) -> dict[str, tuple[str, bool]]:
        """By host: the release that serves (empty for none), and whether the unit runs."""
        found: dict[str, tuple[str, bool]] = {}
        for host in self.target.hosts:
            release, running = self.act(host, scripts.CURRENT, []).stdout.split("\n")[:2]
            found[host.name] = (release, running == "true")
        return found

    def agreed(self) -> str | None:
        """What all hosts serve; ``None`` when they differ, which is told."""
        found = self.served()
        releases = {release for release, _ in found.values()}
        if len(releases) > 1:
            parts = (f"{name} serves {each or 'nothing'}" for name, (each, _) in found.items())
            self.control.tell(", ".join(parts))
            return None
        return next(iter(releases)) or None

    def has(self, host: Host, version: str) -> bool:
        """Whether the host has exactly what was built here."""
        done = self.run(host, scripts.HAS, [version, self._build(version)])
        if done.exit_status == NOT_THERE:
            return False
        self.checked(done, host)
        return True

    def send(self, host: Host, version: str) -> None:
        """Bring a release to the host; on this one only what belongs to it."""
        from fraisier.effects.archive import pack

        folder = self._folder_of(version)
        marker = finished(folder)
        snapshot = marker["snapshot"]
        facts = self._facts(marker["version"], marker["git_commit"])
        files = self.target.files(version, snapshot, {**snapshot["variables"], **facts})
        archive, digest = pack(None if host.is_here else folder, files)
        words = [version, self._build(version), digest, *self.fence()]
        self.act(host, scripts.RECEIVE, words, SEND_SECONDS, archive)
        if not host.is_here:
            self.control.tell(f"{host.name} has the release")

    def switch(self, host: Host, version: str) -> None:
        """Make a release the one that serves; done twice it is done once."""
        if self.target.unit and host.is_here and is_part_of(self.target.unit):
            self._switch_beside(host, version)
            return
        words = [version, *self.fence()]
        seconds = self.target.fraise.environment.timeouts.switch
        done = self.run(host, scripts.SWITCH, words, seconds)
        if done.exit_status == NOT_THERE:  # an older release that the host has not kept
            self.send(host, version)
            done = self.run(host, scripts.SWITCH, words, seconds)
        self.checked(done, host)

    def well(self, host: Host) -> HealthStatus:
        """Wait until one host is healthy; the last verdict when its time is over."""
        return wait_until_healthy(self.target, host, self._look, self.control.should_stop)

    def look(self) -> HealthStatus:
        """Look once at every host; the worst answer counts."""
        return look_at(self.target, self._look)

    def logs(self, lines: int) -> list[str]:
        """The newest lines of the journal, redacted; of several hosts one after the other."""
        found: list[str] = []
        for host in self.target.hosts:
            own: deque[str] = deque(maxlen=max(0, lines))
            self.act(host, scripts.LOGS, [str(lines)], on_line=own.append)
            found += [f"{host.name}:"] if own and len(self.target.hosts) > 1 else []
            found += own
        return found

    def do(self, what: str) -> list[bool]:
        """``stop`` or ``start`` everywhere; which units run then."""
        for host in self.target.hosts:
            self.act(host, scripts.DO, [what, *self.fence()])
        return [running for _, running in self.served().values()]

    def forget(self, host: Host, kept: Collection[str]) -> None:
        """Remove the releases that are not kept; never the one that serves."""
        self.act(host, scripts.FORGET, [*self.fence(), *sorted(kept)])

    def run_script(
        self, host: Host, version: str, argv: Sequence[str], timeout_seconds: float, stdin: bytes
    ) -> Completed:
        """Run a program in the folder of a release; its lines are told as they come."""
        done = host.run(
            scripts.RUN,
            [*self.target.parameters(), *self.fence(), version, *argv],
            timeout_seconds=timeout_seconds,
            stdin=stdin,
            on_line=self.control.tell,
            secrets=self.target.fraise.secrets,
            should_stop=self.control.should_stop,
        )
        return self.checked(done, host) if done.exit_status == FENCED_OFF else done

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
        words = watching(self.target, version, self.fence())
        self.act(host, BESIDE, words)
        self.control.tell("The restart ends this worker; the next one goes on from here.")
        while self.run(host, BESIDE_RUNS, words).ok:
            if self.control.should_stop():
                raise Stopped
            pause(0.2)
        reason = self._reverted(host, version)
        if reason:
            raise FraisierError(f"the new release {reason}", code="provider-failed")

    def _reverted(self, host: Host, version: str) -> str:
        return self.act(host, scripts.REVERTED, [version]).stdout.strip()

    def _build(self, version: str) -> str:
        """What tells one build of a release from another: when it was finished."""
        marker = marker_of(self._folder_of(version))
        return str(marker.stat().st_mtime_ns) if marker.exists() else "none"

    def _look(self, host: Host, script: str, words: Sequence[str]) -> Completed:
        return self.run(host, script, words)
