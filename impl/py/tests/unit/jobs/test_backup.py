"""Which backups stay and which go."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.effects.backup import BackupSettings, backups, let_go, make_backup
from fraisier.effects.dump import Dumper

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()


def _settings(folder: Path, count: int | None = None, days: int | None = None) -> BackupSettings:
    return BackupSettings("sqlite", str(folder / "a.db"), str(folder), "shop@live", count, days)


def _write(folder: Path, *days: int) -> None:
    for day in days:
        (folder / f"shop@live-202603{day:02}T020000Z-0000000{day % 10}.sqlite3").write_bytes(b"x")


def _days(folder: Path) -> list[int]:
    return [int(path.name[16:18]) for path in backups(_settings(folder))]


@pytest.mark.parametrize(
    ("count", "days", "left"),
    [
        (None, None, [9, 8, 7, 1]),
        (2, None, [9, 8]),
        (None, 3, [9, 8]),
        (3, 30, [9, 8, 7]),
        (1, None, [9]),
    ],
)
def test_let_go__by_count_and_age__keeps_the_rest(
    tmp_path: Path, count: int | None, days: int | None, left: list[int]
) -> None:
    """Each limit counts for itself; without limits nothing goes."""
    _write(tmp_path, 1, 7, 8, 9)
    let_go(_settings(tmp_path, count, days), NOW)
    assert _days(tmp_path) == left


def test_let_go__all_are_too_old__keeps_the_newest(tmp_path: Path) -> None:
    """When backups have failed for weeks the last good one is all there is."""
    _write(tmp_path, 1, 2)
    let_go(_settings(tmp_path, 1, 1), NOW)
    assert _days(tmp_path) == [2]


def test_let_go__strangers_in_the_folder__are_left_alone(tmp_path: Path) -> None:
    """Other fraises' backups, unfinished ones, links and the user's own files stay."""
    _write(tmp_path, 1, 9)
    strangers = [
        "shop@live2-20260301T020000Z-00000001.sqlite3", "notes.txt", "shop@live-old.sqlite3",
        ".shop@live-20260301T020000Z-00000001.sqlite3.unchecked",
        "shop@live-20260301T020000Z-00000001.dump",
    ]  # fmt: skip
    for name in strangers:
        (tmp_path / name).write_bytes(b"x")
    gone = let_go(_settings(tmp_path, 1), NOW)
    assert [path.name for path in gone] == ["shop@live-20260301T020000Z-00000001.sqlite3"]
    assert all((tmp_path / name).exists() for name in strangers)


def test_make_backup__restored_for_a_check__has_its_name_afterwards(tmp_path: Path) -> None:
    """The folder holds the backup alone: no copy that was only for the check."""
    settings = _settings(tmp_path)._replace(folder=str(tmp_path / "kept"), restore_check=True)
    with contextlib.closing(sqlite3.connect(settings.address)) as database:
        database.execute("CREATE TABLE t(x)")
    file = make_backup(settings, Dumper(30.0), "0a1b2c3d")
    assert list((tmp_path / "kept").iterdir()) == [file]
    assert backups(settings) == [file]


def test_make_backup__earlier_attempt_was_killed__clears_up(tmp_path: Path) -> None:
    """What is a day old is nobody's any more; what is young may be."""
    settings = _settings(tmp_path)._replace(folder=str(tmp_path / "kept"))
    with contextlib.closing(sqlite3.connect(settings.address)) as database:
        database.execute("CREATE TABLE t(x)")
    (tmp_path / "kept").mkdir()
    old, young = (tmp_path / "kept" / f".shop@live-{name}.unchecked" for name in ("old", "young"))
    written = tmp_path / "kept" / "..shop@live-old.sqlite3.unchecked.partial"
    for path in (old, written, young):
        path.write_bytes(b"x")
    for path in (old, written):
        os.utime(path, (0, 0))
    file = make_backup(settings, Dumper(30.0), "0a1b2c3d")
    assert set((tmp_path / "kept").iterdir()) == {file, young}


def test_make_backup__database_is_away__leaves_the_old_ones(tmp_path: Path) -> None:
    """A failure makes no file and takes none."""
    _write(tmp_path, 1)
    with pytest.raises(FraisierError, match="no database"):
        make_backup(_settings(tmp_path), Dumper(30.0), "0a1b2c3d")
    assert _days(tmp_path) == [1]
    assert len(list(tmp_path.iterdir())) == 1
