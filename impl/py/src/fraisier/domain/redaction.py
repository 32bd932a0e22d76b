"""Take secrets out of text before it is logged, stored or shown. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Collection

MASK = "***"
SECRET_LENGTH_MIN = 4

_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@'\"]+@")


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """
    The text without any of the secrets and without the user part of any URL.

    Secrets shorter than four characters are left alone: masking them would
    blank ordinary words and tell their length instead of hiding them.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SECRET_LENGTH_MIN:
            text = text.replace(secret, MASK)
    return _USERINFO.sub(rf"\g<scheme>{MASK}@", text)
