"""What the suite keeps at a pytest item."""

from __future__ import annotations

import pytest

from conform.cases import SHARING
from conform.session import Session

TAGS = pytest.StashKey[frozenset[str]]()  # the tags of the item's scenario and feature


def shares(item: pytest.Item, session: Session) -> bool:
    """Whether a scenario shares server and database with others of its process."""
    started_here = session.implementation is not None and session.url is None
    return started_here and not SHARING.isdisjoint(item.stash.get(TAGS, frozenset[str]()))


def registry(item: pytest.Item) -> str:
    """The tag that says which registry a scenario that shares has."""
    return next(iter(sorted(SHARING & item.stash.get(TAGS, frozenset[str]()))))
