"""Which names hold secrets, and which parts of an address are one."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SECRET_NAME = re.compile(
    r"(?:^|[_.-])(?:secrets?|tokens?|passwords?|passwd|passphrase|(?<=[_.-])pwd|api_?keys?"
    r"|private_?keys?|access_?keys?|secret_?keys?|credentials?)(?:$|[_.-])",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:(?P<password>[^/\s]*)@")
_USER_ONLY = re.compile(r"https?://(?P<password>[^/\s:@]+)@", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a key or variable of this name holds a secret (``DB_PASSWORD``, ``api_key``)."""
    return _SECRET_NAME.search(name) is not None


def url_secrets(text: str) -> list[str]:
    """Passwords and access tokens inside the addresses of a text, with and without escapes."""
    found = [match["password"] for match in _PASSWORD.finditer(text)]
    found += [match["password"] for match in _USER_ONLY.finditer(text)]
    return list(dict.fromkeys(found + [unquote(password) for password in found]))
