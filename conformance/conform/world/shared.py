"""One server for all scenarios of a process that need nothing but a URL (@stateless)."""

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
def shared_url() -> Generator[Callable[[Session], str]]:
    """The URL of the process's shared server, which starts when it is first asked for."""
    subjects: list[Subject] = []
    urls: list[str] = []

    def url(session: Session) -> str:
        if not urls:
            subject = _subject(session)
            subjects.append(subject)
            urls.append(subject.serve(observer=False).url)
        return urls[0]

    yield url
    for subject in subjects:
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
