"""The ``database`` of a fraise: what fits together, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from fraisier.config.problems import Path as Place
from fraisier.config.reader import Reader

_SCHEMES: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("postgresql", "postgres"),
    "sqlite": ("sqlite",),
    "mysql": ("mysql", "mariadb"),
    "sqlserver": ("sqlserver", "mssql"),
}
_MIGRATING_KEYS = ("migrations", "environment", "seed", "pggit")


def check_database(
    reader: Reader, inherited: Mapping[str, Any] | None, own: Any, path: Place
) -> None:
    """Note what does not fit together in a ``database``; places are those of ``own``."""
    if not isinstance(own, dict):
        return
    database: dict[str, Any] = {**(inherited or {}), **own}
    kind = kind_of(database)
    if own.keys() & {"url", "name", "type"}:
        _url(reader, database, kind, path)
    if kind == "postgresql" and "path" in own:
        reader.refuse((*path, "path"), "only a database of type sqlite has a path")
    if kind == "sqlite" and "url" in database and "path" in database:
        reader.refuse((*path, "path"), 'give "path" or "url", not both')
    for key in _MIGRATING_KEYS:
        if key in own and kind not in (None, "postgresql"):
            reader.refuse((*path, key), f"a database of type {kind} is not migrated by Fraisier")


def _url(reader: Reader, database: Mapping[str, Any], kind: str | None, path: Place) -> None:
    """The address is never repeated: it may hold a password."""
    url: str | None = database.get("url")
    if url is None:
        return
    scheme = _SCHEMES.get(kind or "", ())
    if _scheme(url) not in scheme or any(character.isspace() for character in url):
        known = scheme[:1] or [name for names in _SCHEMES.values() for name in names[:1]]
        shown = ", ".join(f"{name}://..." for name in known)
        reader.refuse((*path, "url"), f"this must be the address of a database: {shown}")
    elif "name" in database and _name(url) not in ("", database["name"]) and kind != "sqlite":
        message = f'the address in "url" names another database than "{database["name"]}"'
        reader.refuse((*path, "name"), message, hint="leave the name out of one of them")


def kind_of(database: Mapping[str, Any]) -> str | None:
    """``type`` as written, or as the address says it."""
    if database.get("type"):
        return database["type"]
    scheme = _scheme(database.get("url") or "")
    named = [kind for kind, schemes in _SCHEMES.items() if scheme in schemes]
    return named[0] if named else "sqlite" if "path" in database else None


def settled(database: Mapping[str, Any] | None, folder: Path) -> Mapping[str, Any] | None:
    """
    The same with ``type``, a ``url`` that names the database, or an absolute ``path``.

    A relative path starts where fraises.yaml is.
    """
    if database is None:
        return None
    kind = kind_of(database)
    found: dict[str, Any] = dict(database)
    if kind is not None:
        found["type"] = kind
    if kind == "sqlite":
        path = found.get("path") or _file(found.pop("url", ""))
        if path:
            found["path"] = str((folder / path).resolve())
    elif "url" in found and "name" in found and not _name(found["url"]):
        parts = urlsplit(str(found["url"]))
        query = f"?{parts.query}" if parts.query else ""
        found["url"] = f"{parts.scheme}://{parts.netloc}/{quote(found['name'])}{query}"
    return MappingProxyType(found)


def service_url(database: Mapping[str, Any] | None) -> str | None:
    """What builds and services get as ``DATABASE_URL``; ``None`` when the place is not known."""
    if not database:
        return None
    if database.get("type") == "sqlite" and "path" in database:
        return f"sqlite:///{quote(database['path'])}"
    return database.get("url")


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/"))


def _file(url: str) -> str:
    """``sqlite:///relative.db`` and ``sqlite:////absolute.db``."""
    return unquote(urlsplit(url).path.removeprefix("/")) if url else ""
