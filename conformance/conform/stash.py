"""What the suite keeps at a pytest item."""

from __future__ import annotations

import pytest

from conform.session import Session

SHARING = frozenset({"shared", "stateless"})  # tags of scenarios that leave nothing behind
TAGS = pytest.StashKey[frozenset[str]]()  # the tags of the item's scenario and feature


def shares(item: pytest.Item, session: Session) -> bool:
    """Whether a scenario shares server and database with others of its process."""
    started_here = session.implementation is not None and session.url is None
    return started_here and not SHARING.isdisjoint(item.stash.get(TAGS, frozenset[str]()))
