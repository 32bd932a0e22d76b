"""What the suite keeps at a pytest item."""

from __future__ import annotations

import pytest

STATELESS = "stateless"  # the tag of scenarios that need nothing but a URL
TAGS = pytest.StashKey[frozenset[str]]()  # the tags of the item's scenario and feature
