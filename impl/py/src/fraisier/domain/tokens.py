"""The secrets of API tokens: made here, shown once, known elsewhere by their digest only."""

from __future__ import annotations

import hashlib
import re
import secrets

from fraisier.domain.identity import TOKEN_PREFIX

_RANDOM_BYTES = 32
_TOKEN = re.compile(re.escape(TOKEN_PREFIX) + r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A token of 256 random bits that nobody has seen."""
    return TOKEN_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def digest_of(token: str) -> str:
    """What the database knows of a token; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
