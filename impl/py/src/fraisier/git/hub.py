"""Forges that sign as GitHub does: ``sha256=<hex>`` in a header, over the raw body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from fraisier.git.base import GitProvider, header
from fraisier.git.signatures import after_scheme, is_signed_in_hex


class HubSigned(GitProvider):
    """
    Signature: ``<signature_header>: sha256=<hex>``, HMAC-SHA256 over the raw body.

    The same header with ``sha1=`` is never looked at.
    """

    signature_header: ClassVar[str]

    def is_signed(self, headers: Mapping[str, str]) -> bool:
        """Whether the header is there, whatever it says."""
        return bool(header(headers, self.signature_header))

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the header holds the body's HMAC under one of the secrets."""
        given = after_scheme(header(headers, self.signature_header))
        return is_signed_in_hex(self.secrets, payload, given)
