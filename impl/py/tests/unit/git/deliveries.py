"""What the tests of all forges share: settings, ids of commits, and signed headers."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from fraisier.config import GitProviderSettings

SECRET = "It's a Secret to Everybody"
BEFORE = "b" * 40
AFTER = "a" * 40
TAG_OBJECT = "c" * 40
ZEROS = "0" * 40
VECTORS = [
    (b"Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
    (b"Hello World!", "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"),
]


def settings(name: str, *secrets: str, **more: Any) -> GitProviderSettings:
    """The settings of a forge with these secrets, or with the usual one."""
    return GitProviderSettings(name, secrets=secrets or (SECRET,), **more)


def hexadecimal(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    """The HMAC of a body."""
    return hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()


def text_of(document: object) -> bytes:
    """A document as it travels."""
    return json.dumps(document).encode()
