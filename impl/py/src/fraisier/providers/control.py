"""On whose behalf a provider acts, and programs that run on this machine for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fraisier.domain.values import FraiseConfig, ScriptResult
from fraisier.effects.files import never
from fraisier.effects.process import base_environment, run


def _silent(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Control:
    """
    On whose behalf a provider acts.

    A target remembers the highest ``fencing_token`` of a ``scope`` (the public id of
    the environment) and refuses lower ones, so that a worker that was frozen cannot
    switch after its successor. Without a token nothing is compared. ``should_stop``
    is asked while the provider waits; ``tell`` gets lines of output, which it redacts.
    """

    scope: str | None = None
    fencing_token: int | None = None
    should_stop: Callable[[], bool] = never
    tell: Callable[[str], None] = _silent


def run_here(
    control: Control,
    fraise: FraiseConfig,
    argv: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout_seconds: float,
) -> ScriptResult:
    """
    Run a program to its end on this machine; nothing of it outlives the caller.

    Raises:
        FraisierError: ``step-timeout``, ``tool-missing``.
        Stopped: ``control.should_stop`` became true.
    """
    done = run(
        argv,
        cwd=folder,
        environment={**base_environment(), **environment},
        timeout_seconds=timeout_seconds,
        on_line=control.tell,
        secrets=fraise.secrets,
        should_stop=control.should_stop,
    )
    return ScriptResult(done.exit_status, done.tail)
