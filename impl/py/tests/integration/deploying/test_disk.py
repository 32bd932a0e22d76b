"""A disk that has become read-only: the ending that there is stands, and looking still works."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from fraisier.deployers.releases import Workshop
from fraisier.effects.service_folder import ServiceFolder

from .conftest import World


def test_rollback__folder_of_the_release_stays__is_rolled_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be removed changes nothing about how the deployment ended."""
    good = world.commit()
    world.deploy()
    world.commit("unhealthy")

    def read_only(*_: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    build = Workshop.discard
    monkeypatch.setattr(
        Workshop, "discard", lambda shop, release: _either(build, read_only, shop, release)
    )
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "health-check-failed")
    assert world.serves() == good


def _either(build: Any, read_only: Any, shop: Workshop, release: Any) -> None:
    """A new release begins as usual; one that was built is stuck to the disk."""
    (read_only if shop.is_finished(release) else build)(shop, release)


def test_supervised__lock_cannot_be_written__is_asked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a supervisor lives is a question, and asks for no file to be made or changed."""
    asked: list[int] = []
    really = os.open

    def watched(path: Any, flags: int, *rest: Any) -> int:
        if Path(path).name == "supervisor.lock":
            asked.append(flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT))
        return really(path, flags, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", watched)
        found = ServiceFolder(tmp_path).supervised()
    assert not found
    assert asked == [0]
    assert list(tmp_path.iterdir()) == []
