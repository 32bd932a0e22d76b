"""
Servers for the scenarios of a process that do not mind each other: those that need
nothing but a URL (@stateless) and those that share (@shared, @forges). They share the
database too, so that what must not change can be looked at.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from conform.databases import Scratch
from conform.recorder import Recorder
from conform.session import Session
from conform.world.leftovers import end_all
from conform.world.registries import SHARED
from conform.world.subject import Subject, manifest_of
from conform.world.workspace import Workspace


@pytest.fixture(scope="session")
def shared() -> Generator[Callable[[Session, str], tuple[str, Scratch]]]:
    """URL and database of the process's server of a registry; the first who asks starts it."""
    started: dict[Callable[[Workspace], None], tuple[str, Subject]] = {}

    def ask(session: Session, tag: str) -> tuple[str, Scratch]:
        registry = SHARED[tag]
        if registry not in started:
            subject = _subject(session, registry)
            started[registry] = (subject.serve(observer=False).url, subject)
        url, subject = started[registry]
        return url, subject.scratch

    yield ask
    for _, subject in started.values():
        subject.end()
        subject.scratch.give_back()
        end_all(subject.workspace.folder)
        shutil.rmtree(subject.workspace.folder, ignore_errors=True)


def _subject(session: Session, registry: Callable[[Workspace], None]) -> Subject:
    """An implementation on a database of its own, with a registry."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="conform-work-")).resolve())
    registry(workspace)
    scratch = Scratch(session.dialect, session.template_url, session.place).lend()
    return Subject(manifest_of(session), workspace, scratch, Recorder())
