"""What plugins have registered, as far as the configuration has to know it."""

from __future__ import annotations

import re

from fraisier.domain.errors import FraisierError
from fraisier.domain.targets import KNOWN_TARGETS, KnownTarget

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")

# Keys that mean the same for every target; a plugin's other keys hold what they like.
_KINDS = {
    "command": "command",
    "env": "variables",
    "port": "port",
    "timeout": "seconds",
    "variables": "variables",
}

# Relatives of a forge that send what it sends: other names for the same value.
FORGE_ALIASES = {"forgejo": "gitea", "gogs": "gitea"}

_targets: dict[str, KnownTarget] = {}
_forges: set[str] = set()


def check_name(name: object, kind: str, taken: frozenset[str]) -> str:
    """
    The name under which a plugin may register something.

    Raises:
        FraisierError: ``config-invalid``: it is no name, or one of Fraisier's own.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        message = f"the name of a {kind} is a text of a-z, 0-9, - and _, not {name!r}"
        raise FraisierError(message, code="config-invalid")
    if name in taken:
        message = f'the {kind} "{name}" is one of Fraisier\'s own'
        raise FraisierError(message, code="config-invalid", hint="choose another name")
    return name


def add_target(name: str, keys: frozenset[str], required: frozenset[str]) -> None:
    """Let ``target.provider`` have this value, with these keys beside it."""
    kinds = {key: _KINDS.get(key, "anything") for key in sorted(keys | required)}
    _targets[name] = KnownTarget(kinds, tuple(sorted(required)))


def add_forge(name: str) -> None:
    """Let ``git.provider`` have this value."""
    _forges.add(name)


def known_target(name: str) -> KnownTarget | None:
    """The keys of a target, whoever brought it."""
    return KNOWN_TARGETS.get(name) or _targets.get(name)


def target_names() -> tuple[str, ...]:
    """Every value that ``target.provider`` may have."""
    return (*KNOWN_TARGETS, *(name for name in _targets if name not in KNOWN_TARGETS))


def forge_names() -> tuple[str, ...]:
    """Every value that plugins have added for ``git.provider``."""
    return tuple(sorted(_forges))
