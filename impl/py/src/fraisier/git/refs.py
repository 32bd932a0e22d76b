"""What happened to a branch or tag, from the names and commits that a forge gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fraisier.domain.values import RefChange
from fraisier.git.payload import malformed

_KINDS = {"branch": "refs/heads/", "tag": "refs/tags/"}
_WEIGHT = ("push", "tag", "delete")
CHANGES_MAX = 1_000  # of one delivery; each is compared with every rule


def place_of(ref: str) -> dict[str, str]:
    """``branch`` or ``tag`` with the name of a full ref; nothing for other refs."""
    for kind, start in _KINDS.items():
        if ref.startswith(start) and len(ref) > len(start):
            return {kind: ref.removeprefix(start)}
    return {}


def bare(ref: str) -> str:
    """The name of a ref that may be written in full."""
    return next(iter(place_of(ref).values()), ref)


def change(place: dict[str, str], before: str | None, after: str | None) -> RefChange:
    """The change of one branch or tag; without a commit afterwards it is gone."""
    if after is None:
        return RefChange("delete", before=before, **place)
    kind = "tag" if "tag" in place else "push"
    return RefChange(kind, before=before, commit_sha=after, **place)


def told(changes: Sequence[RefChange]) -> dict[str, Any]:
    """
    Changes as fields of a ``WebhookEvent``: what counts most is the event's own.

    No change at all, of a branch or tag, is an event of another kind.

    Raises:
        FraisierError: ``malformed-payload``: more than can be looked at. Deletions, which
            deploy nothing, are left out before that.
    """
    if not changes:
        return {"event_type": "other"}
    if len(changes) > CHANGES_MAX:
        changes = [each for each in changes if each.event_type != "delete"] or changes[:1]
    if len(changes) > CHANGES_MAX:
        raise malformed(f"more than {CHANGES_MAX} branches and tags in one push")
    first = min(changes, key=lambda each: _WEIGHT.index(each.event_type))
    several = tuple(changes) if len(changes) > 1 else ()
    return {**first._asdict(), "changes": several}
