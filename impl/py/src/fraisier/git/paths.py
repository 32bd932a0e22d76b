"""
Which files a push touched, where the forge tells all of them.

A forge cuts its list of commits off, and a push that rewrites a branch undoes
commits that it does not name. Whenever the list may not be all, it is unknown: a
push that is deployed in vain is better than one that is not deployed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from fraisier.domain.values import RefChange
from fraisier.git.payload import is_storable

PATHS_MAX = 10_000
PATH_LENGTH_MAX = 4_096
FILES_OF_COMMIT_MAX = 3_000  # GitHub names no more of one commit
_LISTS = ("added", "removed", "modified")


def touched(
    document: Mapping[str, Any], what: RefChange, commits_total: object
) -> tuple[str, ...] | None:
    """
    The files of all commits of a push; ``None`` when they may not be all.

    ``commits_total`` is how many commits the forge says there are.
    """
    commits: object = document.get("commits")
    if what.event_type != "push" or what.before is None or not isinstance(commits, list):
        return None
    entries = cast("list[object]", commits)
    if isinstance(commits_total, bool) or commits_total != len(entries):
        return None
    found: dict[str, None] = {}
    for entry in entries:
        files = _files(entry)
        if files is None:
            return None
        found.update(dict.fromkeys(files))
    complete = 0 < len(found) <= PATHS_MAX and _names(entries, what.commit_sha)
    return tuple(found) if complete else None


def _names(entries: list[object], commit: str | None) -> bool:
    """Whether the commit that the branch has now is among these."""
    ids = (cast("dict[str, object]", each).get("id") for each in entries if isinstance(each, dict))
    return any(isinstance(one, str) and one.lower() == commit for one in ids)


def _files(entry: object) -> list[str] | None:
    if not isinstance(entry, dict):
        return None
    lists = [cast("dict[str, object]", entry).get(key) for key in _LISTS]
    if all(each is None for each in lists):
        return None
    files = list(_flat(lists))
    if len(files) >= FILES_OF_COMMIT_MAX:
        return None
    sound = [each for each in files if isinstance(each, str) and _is_path(each)]
    return sound if len(sound) == len(files) else None


def _flat(lists: list[object]) -> Iterator[object]:
    for each in lists:
        if isinstance(each, list):
            yield from cast("list[object]", each)
        elif each is not None:
            yield None  # no list: no path either


def _is_path(text: str) -> bool:
    return 0 < len(text) <= PATH_LENGTH_MAX and is_storable(text)
