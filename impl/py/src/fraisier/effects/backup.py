"""
Make a backup that can be trusted, and let old ones go.

A file has its name only when it was dumped whole, read again and, if asked for, restored
once. So the files are the only list of backups there is, and nothing can disagree with
it. Retention only ever touches files with such a name, and never the newest of them.

Also a program of its own for the scheduler (``reaping.own_program``): ``backup``, with
the settings as JSON in the environment variable ``FRAISIER_BACKUP``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from fraisier.domain.errors import FraisierError
from fraisier.effects.dump import SUFFIXES, Dumper, Source
from fraisier.effects.process import run

VARIABLE = "FRAISIER_BACKUP"
FILE_VARIABLE = "FRAISIER_BACKUP_FILE"
_STAMP = "%Y%m%dT%H%M%SZ"
_DAY_SECONDS = 86_400


class BackupSettings(NamedTuple):
    """Of which database, where to, and which stay. ``prefix`` begins every file's name."""

    kind: str
    address: str
    folder: str
    prefix: str
    count_max: int | None = None
    days_max: int | None = None
    restore_check: bool = False
    timeout_seconds: float = 1_800.0
    script: tuple[str, ...] | None = None

    @property
    def source(self) -> Source:
        """The database."""
        return Source(self.kind, self.address)


def make_backup(settings: BackupSettings, dumper: Dumper, mark: str) -> Path:
    """
    Dump, check, and only then name the file. ``mark`` makes the name the only one.

    Raises:
        FraisierError, Stopped: What ``Dumper`` raises; no file is left.
    """
    stamp = datetime.now(UTC).strftime(_STAMP)
    suffix = SUFFIXES.get(settings.kind, "")
    file = Path(settings.folder) / f"{settings.prefix}-{stamp}-{mark}{suffix}"
    unchecked = file.with_name(f".{file.name}.unchecked")
    _sweep(settings)
    try:
        dumper.dump(settings.source, unchecked)
        if settings.restore_check:
            dumper.check_restore(settings.source, unchecked)
        unchecked.replace(file)
    finally:
        unchecked.unlink(missing_ok=True)
    return file


def backups(settings: BackupSettings) -> list[Path]:
    """The finished backups, newest first."""
    found: list[tuple[str, Path]] = []
    folder = Path(settings.folder)
    for path in folder.iterdir() if folder.is_dir() else ():
        stamp = _stamp_of(settings, path)
        if stamp is not None and path.is_file() and not path.is_symlink():
            found.append((stamp, path))
    return [path for _, path in sorted(found, reverse=True)]


def let_go(settings: BackupSettings, now: float | None = None) -> list[Path]:
    """Remove what is beyond the count or older than the days, and say what that was."""
    oldest = (time.time() if now is None else now) - (settings.days_max or 0) * _DAY_SECONDS
    gone: list[Path] = []
    for number, path in enumerate(backups(settings)):
        beyond = settings.count_max is not None and number >= settings.count_max
        too_old = settings.days_max is not None and _made_at(settings, path) < oldest
        if number > 0 and (beyond or too_old):
            path.unlink(missing_ok=True)
            gone.append(path)
    return gone


def _sweep(settings: BackupSettings) -> None:
    """Remove what killed attempts have left; what is younger may be another one's."""
    # A dump goes by ".NAME.unchecked", one that is being written or restored by "..NAME".
    for pattern in (f".{settings.prefix}-*", f"..{settings.prefix}-*"):
        for path in Path(settings.folder).glob(pattern):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _DAY_SECONDS:
                    path.unlink()


def _stamp_of(settings: BackupSettings, path: Path) -> str | None:
    suffix = re.escape(SUFFIXES.get(settings.kind, ""))
    pattern = rf"{re.escape(settings.prefix)}-(\d{{8}}T\d{{6}}Z)-[0-9a-f]{{8}}{suffix}"
    match = re.fullmatch(pattern, path.name)
    return match[1] if match else None


def _made_at(settings: BackupSettings, path: Path) -> float:
    stamp = _stamp_of(settings, path)
    assert stamp is not None
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC).timestamp()


def main() -> None:
    """Make one, run the script that comes after it, and let old ones go."""
    settings = BackupSettings(**json.loads(os.environ.pop(VARIABLE)))
    dumper = Dumper(settings.timeout_seconds, on_line=print)
    try:
        file = make_backup(settings, dumper, os.urandom(4).hex())
        print(f"{file} ({file.stat().st_size} bytes)")
        _after(settings, file)
        for path in let_go(settings):
            print(f"removed {path}")
    except (FraisierError, OSError) as error:
        sys.exit(error.message if isinstance(error, FraisierError) else str(error))


def _after(settings: BackupSettings, file: Path) -> None:
    if settings.script is None:
        return
    environment = {**os.environ, FILE_VARIABLE: str(file)}
    limit = settings.timeout_seconds
    done = run(settings.script, timeout_seconds=limit, environment=environment, on_line=print)
    if not done.ok:
        message = f"the backup is made, but the script after it {done.describe()}"
        raise FraisierError(message, code="script-failed")
