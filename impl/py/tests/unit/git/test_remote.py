"""A real repository, looked at from afar."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.git import remote
from fraisier.git.remote import RemoteRef, refs_at

WHO = ("-c", "user.name=test", "-c", "user.email=test@example.com")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository with two branches, a plain tag and an annotated one."""
    folder = tmp_path / "source"
    folder.mkdir()
    git(folder, "init", "-qb", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "1")
    for words in (("branch", "release/1.x"), ("tag", "v1"), ("tag", "-a", "v2", "-m", "2")):
        git(folder, *words)
    return folder


def git(folder: Path, *words: str) -> str:
    """What git prints."""
    done = subprocess.run(
        ["git", *WHO, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_refs_at__annotated_tag__has_the_commit_behind_it(source: Path) -> None:
    """What can be deployed is a commit, never a tag's own object."""
    head = git(source, "rev-parse", "HEAD")
    assert set(refs_at(str(source))) == {
        RemoteRef("branch", "main", head),
        RemoteRef("branch", "release/1.x", head),
        RemoteRef("tag", "v1", head),
        RemoteRef("tag", "v2", head),
    }


def test_refs_at__wanted__leaves_the_others_out(source: Path) -> None:
    """Names and patterns; a branch's pattern matches no tag."""
    names = [ref[:2] for ref in refs_at(str(source), wanted=[("branch", "r*"), ("tag", "v2")])]
    assert names == [("branch", "release/1.x"), ("tag", "v2")]
    assert refs_at(str(source), wanted=[("branch", "v?"), ("tag", "main")]) == ()


def test_refs_at__too_many__is_an_error(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a list would look like branches that are gone."""
    monkeypatch.setattr(remote, "REFS_MAX", 2)
    with pytest.raises(FraisierError, match="more than 2") as caught:
        refs_at(str(source))
    assert caught.value.code == "fetch-failed"


def test_refs_at__unreachable__hides_the_password() -> None:
    """The reason is git's own line, without what was in the address."""
    with pytest.raises(FraisierError, match="cannot be read") as caught:
        refs_at("http://joe:hunter22@127.0.0.1:1/x.git", {"127.0.0.1"})
    assert caught.value.code == "fetch-failed"
    assert "hunter22" not in caught.value.message
    assert "127.0.0.1" not in caught.value.message


def test_refs_at__address_like_an_option__is_no_option(tmp_path: Path) -> None:
    """What the configuration names is only ever an address."""
    with pytest.raises(FraisierError, match="cannot be read"):
        refs_at(f"--upload-pack=touch {tmp_path}/made; x:y")
    assert not (tmp_path / "made").exists()
