"""One name for one repository, however its address is written."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)$", re.DOTALL)
_SCP = re.compile(r"^(?:[^@/:\s]+@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^@/:\s]+):(?P<path>(?!//).+)$")
_DEFAULT_PORTS = {"http": "80", "https": "443", "ssh": "22", "git": "9418"}


def repository_key(url: str) -> str:
    """
    ``host[:port]/owner/name`` in lower case, without scheme, user and ``.git``.

    A default port of the scheme is left out, so that every address of one
    repository has the same key. A local path or ``file://`` address stays the
    path. Never raises: text that is no address is its own key.
    """
    text = url.strip()
    match = _SCHEME.match(text)
    if match:
        return _url_key(match["scheme"].lower(), match["rest"])
    scp = None if is_local(text) else _SCP.match(text)
    if scp:
        return _joined(scp["host"], scp["path"])
    return _local_path(text)


def is_local(repository: str) -> bool:
    """Whether the text is a path or a ``file://`` address on this machine."""
    return repository.startswith(("/", "./", "../", "file://")) or repository in (".", "..")


def _url_key(scheme: str, rest: str) -> str:
    if scheme == "file":
        return _local_path(rest if rest.startswith("/") else rest[rest.find("/") :])
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    port = _DEFAULT_PORTS.get(scheme)
    if port and host.endswith(f":{port}"):
        host = host[: -len(port) - 1]
    return _joined(host, path.partition("?")[0].partition("#")[0])


def _joined(host: str, path: str) -> str:
    parts = [part for part in path.split("/") if part]
    return "/".join([host, *parts]).lower().removesuffix(".git")


def _local_path(text: str) -> str:
    return text.rstrip("/") or text
