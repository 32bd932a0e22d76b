"""The dashboard and GraphiQL: the files of ``impl/dashboard``, served as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.http.messages import HeaderList, Request, Response

__all__ = ["StaticFile", "static_files"]

PREFIX = "/dashboard/"
PAGES = {"/": "index.html", "/graphiql": "graphiql/index.html"}
# What is not named here is not served: notes, lists of packages, licences without an ending.
TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
}
_POLICY = (
    b"default-src 'none'; script-src 'self'; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
)
# Text of a server can never become markup: the browser itself refuses.
POLICY = _POLICY + b"style-src 'self'; img-src 'self'; require-trusted-types-for 'script'"
# GraphiQL writes style elements, and draws its icons and fonts from data: addresses.
POLICY_GRAPHIQL = (
    _POLICY + b"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:"
)


class StaticFile:
    """One file, read once; ``is_on()`` says whether it is served at the moment."""

    def __init__(self, name: str, content: bytes, is_on: Callable[[], bool]) -> None:
        self._content = content
        self._etag = b'"' + hashlib.sha256(content).hexdigest()[:32].encode() + b'"'
        self._headers: HeaderList = (
            (b"content-type", TYPES[Path(name).suffix]),
            (b"etag", self._etag),
        )
        self._security = _security(POLICY_GRAPHIQL if name.startswith("graphiql/") else POLICY)
        self._is_on = is_on

    async def __call__(self, request: Request) -> Response:
        """
        The file, or 304 when the client has it.

        Raises:
            FraisierError: ``not-found`` while ``server.dashboard`` is false.
        """
        if not self._is_on():
            raise FraisierError("there is nothing at this path", code="not-found")
        if self._etag in _etags(request.headers.get("if-none-match", "")):
            return Response(304, b"", self._headers[1:], security=self._security)
        return Response(200, self._content, self._headers, security=self._security)


def static_files(folder: Path, is_on: Callable[[], bool]) -> Mapping[str, StaticFile]:
    """
    Every file below ``folder`` that is to be served, by its path in URLs.

    The list is made once, so no request ever becomes a path in the file system.
    """
    found: dict[str, StaticFile] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in TYPES and path.is_file() and not path.is_symlink():
            found[PREFIX + name] = StaticFile(name, path.read_bytes(), is_on)
    pages = {page: found[PREFIX + name] for page, name in PAGES.items()}
    return found | pages


def _security(policy: bytes) -> HeaderList:
    # Kept, but asked for anew each time: an upgrade shows at once.
    return (
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", policy),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
    )


def _etags(header: str) -> set[bytes]:
    return {each.strip().removeprefix("W/").encode("latin-1") for each in header.split(",")}
