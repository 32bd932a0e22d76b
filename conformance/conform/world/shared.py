"""
One server for the scenarios of a process that leave nothing behind: those that need
nothing but a URL (@stateless) and those that share (@shared). They share its database
too, so that what must not change can be looked at.
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
from conform.world.subject import Subject, manifest_of
from conform.world.workspace import Workspace


@pytest.fixture(scope="session")
def shared() -> Generator[Callable[[Session], tuple[str, Scratch]]]:
    """URL and database of the process's shared server; the first who asks starts it."""
    started: list[tuple[str, Subject]] = []

    def ask(session: Session) -> tuple[str, Scratch]:
        if not started:
            subject = _subject(session)
            started.append((subject.serve(observer=False).url, subject))
        url, subject = started[0]
        return url, subject.scratch

    yield ask
    for _, subject in started:
        subject.end()
        subject.scratch.give_back()
        end_all(subject.workspace.folder)
        shutil.rmtree(subject.workspace.folder, ignore_errors=True)


def _subject(session: Session) -> Subject:
    """An implementation on a database of its own, with the usual registry."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="conform-work-")).resolve())
    workspace.configure()
    scratch = Scratch(session.dialect, session.template_url, session.place).lend()
    return Subject(manifest_of(session), workspace, scratch, Recorder())
