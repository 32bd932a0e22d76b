"""Run the user's own commands for a deployment: hooks and smoke tests."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from fraisier.deployers.base import Work
from fraisier.effects.files import make_private_folder
from fraisier.effects.process import Completed, base_environment, run


def run_command(
    work: Work, command: tuple[str, ...], seconds: float, facts: Mapping[str, str]
) -> Completed:
    """
    Run one in the release folder on this machine, or beside it when there is none.

    It sees the declared variables, those of the release, ``FRAISIER_DEPLOYMENT``,
    ``FRAISIER_KIND`` and ``facts``. Its output is told as it comes, redacted.

    Raises:
        FraisierError: ``tool-missing``, ``step-timeout``.
        Stopped: ``work.should_stop`` became true.
    """
    release = work.release
    version, commit = (release.version, release.git_commit) if release else ("", "")
    declared = work.provider.environment(work.fraise, version, commit)
    own = {"FRAISIER_DEPLOYMENT": work.deployment_id, "FRAISIER_KIND": work.kind}
    return run(
        command,
        cwd=_folder(work),
        environment={**base_environment(), **declared, **own, **facts},
        timeout_seconds=min(work.time_left(), seconds),
        on_line=work.tell,
        secrets=work.fraise.secrets,
        should_stop=work.should_stop,
    )


def words(command: tuple[str, ...]) -> str:
    """The command as one would type it."""
    return shlex.join(command)


def _folder(work: Work) -> Path:
    if work.release is not None and work.workshop.folder(work.release).is_dir():
        return work.workshop.folder(work.release)
    return make_private_folder(work.provider.home(work.fraise))
