"""Headers of a request."""

from __future__ import annotations


class LowerCaseHeaders(dict[str, str]):
    """Headers whose names are in lower case, all of them: a look-up is all there is to do."""
