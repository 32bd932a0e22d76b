"""The repository cache, with real repositories on this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.git.command import address_of
from fraisier.git.repository import Repository


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "source"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "one")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git there."""
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, text: str) -> str:
    """Commit one file; the id."""
    (folder / "file.txt").write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", text)
    return git(folder, "rev-parse", "HEAD")


def test_resolve__branch_moved__is_seen_after_a_fetch(source: Path, tmp_path: Path) -> None:
    """Without a fetch the cache is old, with one it is not; an older commit stays reachable."""
    repository = Repository(str(source), tmp_path / "state")
    repository.fetch()
    first, second = repository.resolve(branch="main"), commit(source, "two")
    assert repository.resolve(branch="main") == first
    repository.fetch()
    assert repository.resolve(branch="main") == repository.resolve() == second
    assert repository.resolve(commit=first[:8]) == first


@pytest.mark.parametrize("wish", [{"commit": "f" * 40}, {"branch": "nowhere"}, {"branch": "-x"}])
def test_resolve__unknown__is_an_error(source: Path, tmp_path: Path, wish: dict[str, str]) -> None:
    """What the repository lacks has a code of its own."""
    repository = Repository(str(source), tmp_path / "state")
    repository.fetch()
    with pytest.raises(FraisierError) as caught:
        repository.resolve(**wish)
    assert caught.value.code == "unknown-commit"


def test_export__commit__has_its_files_and_no_git(source: Path, tmp_path: Path) -> None:
    """Exactly the files of that commit, also when the branch was rewritten since."""
    repository = Repository(str(source), tmp_path / "state")
    first = git(source, "rev-parse", "HEAD")
    repository.fetch()
    repository.export(first, tmp_path / "one")
    git(source, "commit", "--quiet", "--amend", "--message", "other")
    repository.fetch()
    repository.export(first, tmp_path / "again")
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["file.txt"]


def test_fetch__left_locks_and_broken_cache__heals(source: Path, tmp_path: Path) -> None:
    """What a killed git left behind does not stop the next one."""
    repository = Repository(str(source), tmp_path / "state")
    repository.fetch()
    cache = next((tmp_path / "state" / "repositories").glob("*.git"))
    (cache / "packed-refs.lock").touch()
    (cache / "refs" / "heads" / "main.lock").touch()
    second = commit(source, "two")
    repository.fetch()
    assert repository.resolve() == second
    for pack in (cache / "objects").rglob("*"):
        if pack.is_file():
            pack.unlink()
    repository.fetch()
    assert repository.resolve() == second


def test_fetch__no_repository__says_so_without_the_password(tmp_path: Path) -> None:
    """The error names no secret."""
    repository = Repository("http://bob:hidden-token@127.0.0.1:1/x.git", tmp_path)
    with pytest.raises(FraisierError) as caught:
        repository.fetch()
    assert caught.value.code == "fetch-failed"
    assert "hidden-token" not in caught.value.message


def test_fetch__ext_protocol__is_not_allowed(tmp_path: Path) -> None:
    """An address cannot run a program."""
    mark = tmp_path / "mark"
    repository = Repository(f"ext::touch {mark}", tmp_path / "state")
    with pytest.raises(FraisierError):
        repository.fetch()
    assert not mark.exists()


def test_address_of__credentials__leave_the_address() -> None:
    """The user part becomes a header for this host only."""
    address = address_of("https://bob:pa%40ss@git.example.com/a/b.git")
    assert address.url == "https://git.example.com/a/b.git"
    assert "http.https://git.example.com/.extraHeader" in address.settings
    assert {"pa%40ss", "pa@ss"} <= address.secrets
