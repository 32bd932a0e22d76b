"""How forges prove who they are. Every comparison takes as long when it fails."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
from collections.abc import Iterable, Iterator, Mapping

from fraisier.effects.clock import now
from fraisier.git.base import header

_DIGEST_DIGITS = 64  # of SHA-256 in hexadecimal
STANDARD_SECONDS = 300.0  # how far a signed time may be from ours
_STANDARD_PREFIX = "whsec_"
_KEY_BYTES_MIN = 8
_SIGNATURES_MAX = 20

log = logging.getLogger("fraisier.webhook")


def is_signed_in_hex(secrets: Iterable[str], payload: bytes, given: str) -> bool:
    """Whether ``given`` is the payload's HMAC-SHA256 in hexadecimal under one of the secrets."""
    if len(given) != _DIGEST_DIGITS or not given.isascii():
        return False
    matches = False
    for secret in secrets:  # all of them: the time must not tell which one matched
        expected = hmac.digest(secret.encode(), payload, "sha256").hex()
        matches |= hmac.compare_digest(expected, given.lower())
    return matches


def after_scheme(value: str | None) -> str:
    """The digits of ``sha256=DIGITS``; nothing of any other scheme."""
    scheme, _, digits = (value or "").partition("=")
    return digits if scheme == "sha256" else ""


def is_token(secrets: Iterable[str], given: str) -> bool:
    """Whether ``given`` is one of the secrets itself."""
    # A header comes as Latin-1, whatever it was; GraphQL's text is what it says.
    forms = {given.encode(coding, "replace") for coding in ("utf-8", "latin-1")}
    matches = False
    for secret in secrets:
        for form in forms:
            matches |= hmac.compare_digest(secret.encode(), form)
    return matches


def is_signed_by_standard(
    secrets: Iterable[str], payload: bytes, headers: Mapping[str, str]
) -> bool:
    """
    Whether the delivery is signed as "Standard Webhooks" says, and not long ago.

    ``webhook-signature`` holds ``v1,BASE64`` once or more, of HMAC-SHA256 over
    ``ID.TIMESTAMP.BODY``; ``webhook-id`` and ``webhook-timestamp`` are those two.
    """
    identity, sent_at = header(headers, "webhook-id"), header(headers, "webhook-timestamp")
    apart = None if sent_at is None else _seconds_apart(sent_at)
    if not identity or apart is None:
        return False
    content = f"{identity}.{sent_at}.".encode("utf-8", "replace") + payload
    given = list(_version_one(header(headers, "webhook-signature") or ""))
    matches = False
    for key in _keys(secrets):
        expected = hmac.digest(key, content, "sha256")
        for one in given:
            matches |= hmac.compare_digest(expected, one)
    if matches and apart > STANDARD_SECONDS:
        # Only who knows the secret gets here: most likely one of the clocks is wrong.
        log.warning("a well signed webhook is %d seconds from this clock: refused", apart)
    return matches and apart <= STANDARD_SECONDS


def _seconds_apart(sent_at: str) -> float | None:
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        return None
    return abs(now() - int(sent_at))


def _version_one(value: str) -> Iterator[bytes]:
    for entry in value.split(" ")[:_SIGNATURES_MAX]:
        version, _, digest = entry.partition(",")
        decoded = _decoded(digest) if version == "v1" else None
        if decoded:
            yield decoded


def _keys(secrets: Iterable[str]) -> Iterator[bytes]:
    """A secret ``whsec_BASE64`` holds the key in base64; any other text is the key."""
    for secret in secrets:
        if not secret.startswith(_STANDARD_PREFIX):
            yield secret.encode()
        decoded = _decoded(secret.removeprefix(_STANDARD_PREFIX))
        if decoded and len(decoded) >= _KEY_BYTES_MIN:
            yield decoded


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None
