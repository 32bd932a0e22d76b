"""Reading parts of a document that may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def section(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The mapping under a key; an empty one when it is absent or was refused."""
    found: Mapping[str, Any] | None = whole.get(key)
    return {} if found is None else found
