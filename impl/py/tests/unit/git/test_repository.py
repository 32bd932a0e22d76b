"""The repository cache, with real repositories on this machine."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
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


def fetched(source: Path, tmp_path: Path) -> Repository:
    """A cache of the source, up to date."""
    repository = Repository(str(source), tmp_path / "state")
    repository.fetch()
    return repository


@pytest.mark.parametrize("name", ["main~1", "main^", "main@{0}", "--upload-pack=x", "a\nb", "a\0b"])
def test_resolve__expression_instead_of_a_branch__is_unknown(
    source: Path, tmp_path: Path, name: str
) -> None:
    """A branch is a name, not a question to git."""
    commit(source, "two")
    with pytest.raises(FraisierError) as caught:
        fetched(source, tmp_path).resolve(branch=name)
    assert caught.value.code == "unknown-commit"


def test_resolve__branch_named_like_a_commit__does_not_stand_for_it(
    source: Path, tmp_path: Path
) -> None:
    """Nobody can have another commit deployed by naming a branch or tag after one."""
    first = git(source, "rev-parse", "HEAD")
    commit(source, "two")
    git(source, "branch", first[:8])
    git(source, "tag", first[:9])
    repository = fetched(source, tmp_path)
    assert repository.resolve(commit=first[:8]) == repository.resolve(commit=first[:9]) == first


def test_resolve__tag_and_branch_of_one_name__is_the_branch(source: Path, tmp_path: Path) -> None:
    """A tag never stands in for a branch that there is."""
    git(source, "tag", "--annotate", "--message", "x", "main-line")
    second = commit(source, "two")
    git(source, "tag", "main", "HEAD~1")
    repository = fetched(source, tmp_path)
    assert repository.resolve(branch="main") == second
    assert repository.resolve(branch="main-line") == git(source, "rev-parse", "HEAD~1")


def test_fetch__branch_gone__is_unknown(source: Path, tmp_path: Path) -> None:
    """A deleted branch is not deployed from what the cache remembers; nor is a lost HEAD."""
    git(source, "branch", "old")
    repository = fetched(source, tmp_path)
    git(source, "branch", "-D", "old")
    git(source, "symbolic-ref", "HEAD", "refs/heads/nowhere")
    repository.fetch()
    for wish in ({"branch": "old"}, {}):
        with pytest.raises(FraisierError):
            repository.resolve(**wish)


def test_resolve__commit_on_no_branch__is_asked_for_by_name(source: Path, tmp_path: Path) -> None:
    """The commit of a webhook is found although the branch was rewritten before the fetch."""
    git(source, "config", "uploadpack.allowAnySHA1InWant", "true")
    lost = commit(source, "two")
    git(source, "reset", "--quiet", "--hard", "HEAD~1")
    assert fetched(source, tmp_path).resolve(commit=lost) == lost


def test_export__damaged_object__is_fetched_anew(source: Path, tmp_path: Path) -> None:
    """A cache that a power failure damaged heals by itself."""
    repository = fetched(source, tmp_path)
    first = repository.resolve()
    for path in next((tmp_path / "state" / "repositories").glob("*.git")).glob("objects/??/*"):
        path.chmod(0o600)
        path.write_bytes(b"")
    repository.export(first, tmp_path / "one")
    assert (tmp_path / "one" / "file.txt").read_text() == "one"


def test_export__hostile_content__runs_nothing(source: Path, tmp_path: Path) -> None:
    """Filters, hooks, links and odd names of a repository are files and nothing else."""
    mark = tmp_path / "mark"
    (source / ".gitattributes").write_text("* filter=evil\n")
    (source / "new\nline").write_text("x")
    (source / "out").symlink_to("/etc")
    (source / ".githooks").mkdir()
    (source / ".githooks" / "post-checkout").write_text(f"#!/bin/sh\ntouch {mark}\n")
    (source / ".gitconfig").write_text(f'[filter "evil"]\n\tsmudge = touch {mark}\n')
    last = commit(source, "two")
    repository = fetched(source, tmp_path)
    repository.export(last, tmp_path / "one")
    assert {path.name for path in (tmp_path / "one").iterdir()} == {
        ".gitattributes", ".gitconfig", ".githooks", "file.txt", "new\nline", "out",
    }  # fmt: skip
    assert not mark.exists()
    assert (tmp_path / "one" / "out").is_symlink()


def test_fetch__two_at_once__both_succeed(source: Path, tmp_path: Path) -> None:
    """Two environments of one repository fetch and export at the same time."""
    first = git(source, "rev-parse", "HEAD")

    def work(number: int) -> bool:
        fetched(source, tmp_path).export(first, tmp_path / str(number))
        return (tmp_path / str(number) / "file.txt").exists()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
