"""Look at a repository from afar: which branches and tags it has. Keeps nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.git.command import Git, address_of

LOOK_SECONDS = 30.0


def names_at(repository: str, secrets: Collection[str] = ()) -> frozenset[str]:
    """
    The names of all branches and tags; empty for a repository without commits.

    Raises:
        FraisierError: ``fetch-failed``, ``tool-missing``, ``step-timeout``.
    """
    address = address_of(repository)
    with tempfile.TemporaryDirectory(prefix="fraisier-") as folder:
        trusted = Path(folder) / "trusted.gitconfig"
        trusted.write_text("[safe]\n\tdirectory = *\n")
        git = Git(Path(folder) / "none", address, trusted, frozenset(secrets))
        done = git("ls-remote", "--heads", "--tags", address.url, timeout_seconds=LOOK_SECONDS)
    if not done.ok:
        said = [line for line in done.tail if line.strip()]
        reason = redact(said[-1] if said else "git says nothing", {*secrets, *address.secrets})
        raise FraisierError(f"the repository cannot be read: {reason}", code="fetch-failed")
    refs = (line.partition("\t")[2] for line in done.stdout.splitlines())
    return frozenset(ref.removesuffix("^{}").split("/", 2)[2] for ref in refs if ref.count("/") > 1)
