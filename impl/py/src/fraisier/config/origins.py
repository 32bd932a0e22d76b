"""The check of ``server.cors``: origins, each as a browser writes it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast

from fraisier.config.problems import Path

if TYPE_CHECKING:
    from fraisier.config.reader import Reader

_HINT = "a list of origins: [https://desk.example, http://localhost:5173]"
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
)
_USUAL_PORTS = {"http": "80", "https": "443"}


def origins(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    """A list of exact origins; never one that stands for all."""
    if not isinstance(value, list) or not value:
        reader.refuse(path, "this must be a list with something in it", hint=_HINT)
        return ()
    for index, item in enumerate(cast("list[Any]", value)):
        wrong = _problem(item)
        if wrong is not None:
            reader.refuse((*path, index), f'"{item}" {wrong}', hint=_HINT)
    return tuple(dict.fromkeys(str(item) for item in cast("list[Any]", value)))


def _problem(item: Any) -> str | None:
    if isinstance(item, str) and "*" in item:
        return "would be pages that nobody has named: each origin has to be listed"
    found = _ORIGIN.fullmatch(item) if isinstance(item, str) else None
    if found is None:
        return "is not an origin: scheme, host and port in small letters, and nothing after them"
    if found["port"] == _USUAL_PORTS[found["scheme"]]:
        return f"has the usual port, which browsers leave out: leave out :{found['port']}"
    if found["scheme"] == "http" and not _is_loopback(found["address"] or found["name"]):
        return "is not of this machine, so anybody on the way could change its page: use https"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
