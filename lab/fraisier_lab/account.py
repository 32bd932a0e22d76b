"""Which account runs a server that refuses to be run by root, and where it may write."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMORY = "/dev/shm"
ROOM_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Account:
    """Who a child process is; ``uid`` None means: the same as its parent."""

    uid: int | None
    gid: int | None

    def options(self) -> dict[str, Any]:
        """Arguments of ``subprocess`` that change to the account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def unprivileged() -> Account:
    """``postgres``, else ``nobody``, when root asks; nothing to change otherwise."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def readable_folder(prefix: str, account: Account, in_memory: bool = False) -> Path:
    """
    Make a new folder that belongs to the account and that it can get to; in memory
    when asked to and when there is plenty (copying a database is ten times as fast).

    Raises:
        OSError: None of the usual places for temporary files will do.
    """
    usual = (tempfile.gettempdir(), "/tmp", "/var/tmp")
    for parent in (MEMORY, *usual) if in_memory and _roomy(MEMORY) else usual:
        if account.uid is None or open_to_all(Path(parent)):
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            account.own(folder)
            return folder
    raise OSError("no folder for temporary files that other accounts can reach")


def _roomy(folder: str) -> bool:
    try:
        return shutil.disk_usage(folder).free >= ROOM_BYTES
    except OSError:
        return False


def open_to_all(path: Path) -> bool:
    """Every folder on the way to ``path`` lets everybody pass."""
    resolved = path.resolve()
    if not resolved.is_dir():
        return False
    return all(each.stat().st_mode & 0o001 for each in (resolved, *resolved.parents))
