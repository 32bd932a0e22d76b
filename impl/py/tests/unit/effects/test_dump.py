"""Dumps of the databases of fraises, with the real tools."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.effects.dump import Dumper, Source

SCRATCH = "SELECT count(*) FROM pg_database WHERE datname LIKE 'fraisier_check_%'"


def test_dump__sqlite_in_wal_mode__is_one_whole_file(tmp_path: Path) -> None:
    """What is committed but still in the log is in the dump, and no log lies beside it."""
    path = tmp_path / "shop.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t(x)")
        database.execute("INSERT INTO t VALUES (42)")
        database.commit()
        size = Dumper(30.0).dump(Source("sqlite", str(path)), tmp_path / "kept" / "a.sqlite3")
    files = list((tmp_path / "kept").iterdir())
    assert [file.name for file in files] == ["a.sqlite3"]
    assert size == files[0].stat().st_size > 0
    assert files[0].stat().st_mode & 0o777 == 0o600
    with contextlib.closing(sqlite3.connect(files[0])) as copy:
        assert copy.execute("SELECT x FROM t").fetchall() == [(42,)]


def test_dump__sqlite_file_is_missing__makes_none(tmp_path: Path) -> None:
    """A database that is not there is an error, not an empty backup."""
    with pytest.raises(FraisierError) as refused:
        Dumper(30.0).dump(Source("sqlite", str(tmp_path / "no.db")), tmp_path / "a.sqlite3")
    assert refused.value.code == "backup-failed"
    assert list(tmp_path.iterdir()) == []


def test_check__sqlite_file_is_damaged__is_refused(tmp_path: Path) -> None:
    """A dump that cannot be read as a whole is no dump."""
    path = tmp_path / "a.sqlite3"
    path.write_bytes(b"SQLite format 3\0" + b"x" * 4_080)
    with pytest.raises(FraisierError) as refused:
        Dumper(30.0).check("sqlite", path)
    assert refused.value.code == "backup-failed"


def test_check_restore__sqlite__leaves_only_the_dump(tmp_path: Path) -> None:
    """The restored copy is gone afterwards."""
    path, dump = tmp_path / "shop.db", tmp_path / "kept" / "a.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t(x)")
    source = Source("sqlite", str(path))
    Dumper(30.0).dump(source, dump)
    Dumper(30.0).check_restore(source, dump)
    assert [file.name for file in dump.parent.iterdir()] == ["a.sqlite3"]


def test_dump__postgresql__is_restored_elsewhere(tmp_path: Path, postgresql_url: str) -> None:
    """A dump comes back in a scratch database, which is gone afterwards."""
    import psycopg

    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT 42 AS x")
        dump, source = tmp_path / "a.dump", Source("postgresql", postgresql_url)
        assert Dumper(60.0).dump(source, dump) > 0
        Dumper(60.0).check_restore(source, dump)
        assert connection.execute(SCRATCH).fetchone() == (0,)
    assert [file.name for file in tmp_path.iterdir()] == ["a.dump"]


def test_check_restore__earlier_check_was_killed__drops_what_it_left(
    tmp_path: Path, postgresql_url: str
) -> None:
    """An old scratch database that nobody uses goes; one in use and a young one stay."""
    import psycopg

    left, used = "fraisier_check_00000001_00000000000a", "fraisier_check_00000001_00000000000b"
    young = f"fraisier_check_{int(time.time()):08x}_00000000000c"
    dump, source = tmp_path / "a.dump", Source("postgresql", postgresql_url)
    Dumper(60.0).dump(source, dump)
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        for name in (left, used, young):
            connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            with psycopg.connect(postgresql_url.rpartition("/")[0] + f"/{used}"):
                Dumper(60.0).check_restore(source, dump)
            rows = connection.execute(SCRATCH.replace("count(*)", "datname")).fetchall()
            names = {name for (name,) in rows}
            assert left not in names
            assert names >= {used, young}
        finally:
            for name in (left, used, young):
                connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())


def test_dump__postgresql_is_away__tells_without_the_password(tmp_path: Path) -> None:
    """The tool's last line is in the error, the password is not, and no file is left."""
    url = "postgresql://u:canary-password@127.0.0.1:1/shop"
    with pytest.raises(FraisierError) as failed:
        Dumper(30.0).dump(Source("postgresql", url), tmp_path / "a.dump")
    assert failed.value.code == "backup-failed"
    assert "refused" in failed.value.message
    assert "canary-password" not in failed.value.message
    assert list(tmp_path.iterdir()) == []
