"""Pack the files of a release to be sent, with a digest by which the other side can tell."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO


def pack(folder: Path | None, others: Mapping[str, str]) -> tuple[IO[bytes], str]:
    """
    A compressed tar file, open at its beginning, and its SHA-256 in hexadecimal.

    It has the folder as ``release``, and ``others``: texts by their names, each readable by
    its owner only. It has no name on the disk here; whoever gets it closes it.
    """
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    try:
        return file, _packed(file, folder, others)
    except BaseException:
        file.close()
        raise


def _packed(file: IO[bytes], folder: Path | None, others: Mapping[str, str]) -> str:
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
        if folder is not None:
            archive.add(folder, "release", filter=_without_owner)
        archive.addfile(_entry("meta", tarfile.DIRTYPE, 0o700))
        for name, text in others.items():
            entry = _entry(f"meta/{name}", tarfile.REGTYPE, 0o600)
            content = text.encode()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if not (entry.isfile() or entry.isdir() or entry.issym() or entry.islnk()):
        return None  # sockets and the like are nothing that could be sent
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    if entry.name == "release":
        entry.mode = 0o755  # the service may run as another account
    return entry
