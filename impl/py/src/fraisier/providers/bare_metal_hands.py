"""Run scripts on the hosts of one target, and say in Fraisier's words how they went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO

from fraisier.domain.errors import FraisierError
from fraisier.effects.process import Completed
from fraisier.effects.ssh import Host
from fraisier.providers.bare_metal_scripts import FENCE
from fraisier.providers.bare_metal_target import BareMetal
from fraisier.providers.base import Control

LOOK_SECONDS = 60.0
NOT_THERE, FENCED_OFF = 66, 76
_NEVER_DEPLOYED = 65


class Hands:
    """Scripts of ``bare_metal_scripts`` with the parameters of a target, for one worker."""

    def __init__(self, target: BareMetal, control: Control) -> None:
        self.target = target
        self.control = control

    def fence(self) -> list[str]:
        """Scope and token of the claim, as scripts take them; no token, no question."""
        token = self.control.fencing_token
        return [self.control.scope or "none", "" if token is None else str(token)]

    def pass_fence(self, host: Host) -> None:
        """Go on only with the newest token: before what begins without a script of its own."""
        self.act(host, FENCE, self.fence())

    def act(
        self,
        host: Host,
        script: str,
        words: Sequence[str],
        seconds: float = LOOK_SECONDS,
        stdin: bytes | IO[bytes] = b"",
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        """Run a script that must succeed."""
        return self.checked(self.run(host, script, words, seconds, stdin, on_line), host)

    def run(
        self,
        host: Host,
        script: str,
        words: Sequence[str],
        seconds: float = LOOK_SECONDS,
        stdin: bytes | IO[bytes] = b"",
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        """Run a script, however it ends; ``on_line`` gets what it prints, redacted."""
        return host.run(
            script,
            [*self.target.parameters(), *words],
            timeout_seconds=seconds,
            stdin=stdin,
            on_line=on_line,
            secrets=self.target.fraise.secrets,
            should_stop=self.control.should_stop,
        )

    def checked(self, done: Completed, host: Host) -> Completed:
        """The same when it went well, else the error that its exit status stands for."""
        if done.ok:
            return done
        label = self.target.fraise.label
        if done.exit_status == FENCED_OFF:
            raise FraisierError(f"another worker has taken {label} over", code="lease-lost")
        if done.exit_status == _NEVER_DEPLOYED:
            raise FraisierError(f"{label} has never been deployed", code="not-deployed")
        text = "\n".join(done.tail[-15:]) or f"exit status {done.exit_status}"
        raise FraisierError(f"{host.name}: {text}", code="provider-failed")
