"""Look at a repository from afar: which branches and tags it has. Keeps nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects.files import never
from fraisier.git.command import Git, address_of

LOOK_SECONDS = 30.0
REFS_MAX = 50_000
_KINDS = {"heads": "branch", "tags": "tag"}
_PEELED = "^{}"  # behind an annotated tag: the commit, not the tag's own object
_DIGITS = frozenset("0123456789abcdef")


class RemoteRef(NamedTuple):
    """A branch or a tag (``ref_type``) and the commit that it points to."""

    ref_type: str
    name: str
    commit: str


def refs_at(
    repository: str,
    secrets: Collection[str] = (),
    wanted: Collection[tuple[str, str]] = (),
    should_stop: Callable[[], bool] = never,
) -> tuple[RemoteRef, ...]:
    """
    All branches and tags, or those that ``wanted`` names: ``(ref_type, name or pattern)``.

    Empty for a repository without commits. Names that are no UTF-8 are left out.

    Raises:
        FraisierError: ``fetch-failed`` (also for more than ``REFS_MAX`` of them),
            ``tool-missing``, ``step-timeout``.
        Stopped: ``should_stop`` became true.
    """
    found = _Found()
    with tempfile.TemporaryDirectory(prefix="fraisier-") as folder:
        address = address_of(repository)
        trusted = Path(folder) / "trusted.gitconfig"
        trusted.write_text("[safe]\n\tdirectory = *\n")
        git = Git(Path(folder) / "none", address, trusted, frozenset(secrets), should_stop)
        asked = ("--heads", "--tags", "--", address.url, *_patterns(wanted))
        done = git.read("ls-remote", *asked, timeout_seconds=LOOK_SECONDS, on_line=found.take)
    if not done.ok:
        said = [line for line in done.tail if line.strip()]
        reason = redact(said[-1] if said else "git says nothing", {*secrets, *address.secrets})
        raise FraisierError(f"the repository cannot be read: {reason}", code="fetch-failed")
    if found.too_many:
        message = f"the repository has more than {REFS_MAX} branches and tags"
        raise FraisierError(message, code="fetch-failed")
    return found.refs()


def _patterns(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """As git takes them; a tag's commit has a line of its own behind the tag."""
    folders = {kind: folder for folder, kind in _KINDS.items()}
    patterns = [f"refs/{folders[kind]}/{name}" for kind, name in wanted]
    peeled = [f"{each}{_PEELED}" for each in patterns if each.startswith("refs/tags/")]
    return patterns + peeled


@dataclass(slots=True)
class _Found:
    """Reads the lines of ``git ls-remote`` as they come."""

    commits: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    too_many: bool = False

    def take(self, line: bytes) -> None:
        """``COMMIT<tab>refs/heads/NAME``; whatever is not like that is passed over."""
        if len(self.commits) >= REFS_MAX:
            self.too_many = True
            return
        try:
            commit, _, ref = line.decode().rstrip("\r\n").partition("\t")
        except UnicodeDecodeError:
            return
        _, _, rest = ref.partition("/")
        folder, _, name = rest.partition("/")
        if folder in _KINDS and name and len(commit) >= 40 and _DIGITS.issuperset(commit):
            self.commits[_KINDS[folder], name] = commit

    def refs(self) -> tuple[RemoteRef, ...]:
        """Each with its commit: of an annotated tag that of its peeled line."""
        return tuple(
            RemoteRef(kind, name, self.commits.get((kind, name + _PEELED), commit))
            for (kind, name), commit in self.commits.items()
            if not name.endswith(_PEELED)
        )
