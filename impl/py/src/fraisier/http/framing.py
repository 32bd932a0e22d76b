"""Where a request ends: what one program reads otherwise than another is refused."""

from __future__ import annotations

from collections.abc import Mapping

from fraisier.domain.errors import FraisierError
from fraisier.http.messages import HeaderList

VERSIONS = ("1.0", "1.1")


def announces_a_body(raw: HeaderList) -> bool:
    """Whether a request says that a body comes after its headers."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in raw
    )


def is_followed(raw: HeaderList) -> bool:
    """
    Whether more may come that is not the next request: a body, or whatever there is once
    another protocol was asked for, since the parser reads no further.
    """
    return announces_a_body(raw) or any(name == b"upgrade" for name, _ in raw)


def check_framing(version: str, headers: Mapping[str, str]) -> None:
    """
    Refuse what the parser lets pass; two lengths, or a length of chunks, it does not.

    A body after ``Upgrade`` never reaches us: the parser takes it for the other protocol.

    Raises:
        FraisierError: ``bad-request``.
    """
    encoding = headers.get("transfer-encoding")
    if version not in VERSIONS:
        raise _unclear(f"HTTP/{version} is not spoken here")
    if encoding is not None and (version == "1.0" or encoding.strip().lower() != "chunked"):
        raise _unclear("a body comes in chunks, or with its length")
    length = headers.get("content-length", "0")
    if "upgrade" in headers and (encoding is not None or length != "0"):
        raise _unclear("a request with a body cannot ask for another protocol")


def _unclear(message: str) -> FraisierError:
    return FraisierError(message, code="bad-request")
