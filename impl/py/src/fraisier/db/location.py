"""The URL of a database: checked, taken apart, and shown without its password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from fraisier.domain.errors import FraisierError

_SQLITE_OPTIONS = {"synchronous": frozenset({"normal", "full"})}
_HINT = "use sqlite:///relative/path, sqlite:////absolute/path or postgresql://user@host/name"


@dataclass(frozen=True, slots=True)
class Location:
    """
    Where a database is. ``target`` is what the driver wants (a path, or the URL
    with its password), ``shown`` is safe to print. ``synchronous`` is SQLite's, where
    the URL says one; a server lets a statement that reads take ``read_seconds``.
    """

    dialect: str
    target: str
    shown: str
    synchronous: str | None = None
    password: str | None = None
    read_seconds: float | None = None

    def scrub(self, text: str) -> str:
        """``text`` without the password."""
        return text.replace(self.password, "***") if self.password else text


def parse(url: str) -> Location:
    """
    Take the URL of a database apart.

    Raises:
        FraisierError: ``invalid-argument``: another scheme, no path, an unknown option.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _wrong("the database URL is not a URL") from error
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(url, parts)
    raise _wrong("the database URL names no database that is supported")


def _wrong(message: str) -> FraisierError:
    return FraisierError(message, code="invalid-argument", hint=_HINT)


def _sqlite(parts: SplitResult) -> Location:
    path = unquote(parts.path)[1:]
    if parts.netloc or not path or path == ":memory:" or "\0" in path or path.endswith("/"):
        raise _wrong("the database URL has no path of a file")
    options = _options(parts.query)
    shown = urlunsplit(("sqlite", "", "//" + parts.path, parts.query, ""))
    return Location("sqlite", path, shown, options.get("synchronous"))


def _options(query: str) -> Mapping[str, str]:
    options = {name: values[-1].lower() for name, values in parse_qs(query, True).items()}
    for name, value in options.items():
        if value not in _SQLITE_OPTIONS.get(name, frozenset()):
            raise _wrong(f'the database URL has an unknown option "{name}={value}"')
    return options


def _postgresql(url: str, parts: SplitResult) -> Location:
    if not parts.path.strip("/") and "dbname=" not in parts.query and not parts.hostname:
        raise _wrong("the database URL names no database")
    query = parse_qs(parts.query, True)
    password = unquote(parts.password) if parts.password else query.get("password", [""])[-1]
    return Location("postgresql", url, _shown(parts), password=password or None)


def _shown(parts: SplitResult) -> str:
    address = parts.netloc.rsplit("@", 1)[-1]
    user = f"{parts.username}@" if parts.username else ""
    kept = [piece for piece in parts.query.split("&") if piece and "password" not in piece.lower()]
    return urlunsplit(("postgresql", user + address, parts.path, "&".join(kept), ""))
