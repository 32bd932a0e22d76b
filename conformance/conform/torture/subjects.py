"""Who is tortured: an implementation with all that it needs, and nothing of it afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from conform.databases import Scratch
from conform.implementation import Implementation
from conform.recorder import Recorder
from conform.world.leftovers import end_all
from conform.world.subject import Subject
from conform.world.workspace import Workspace


@contextmanager
def tortured(
    manifest: Implementation, template: Scratch, base: Path, found: list[str]
) -> Generator[Subject]:
    """
    A subject with a database and a folder of its own.

    What is asserted of it inside and does not hold is one more line of ``found``.
    """
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="conform-work-", dir=base)).resolve())
    scratch = template.lend()
    subject = Subject(manifest, workspace, scratch, Recorder())
    try:
        try:
            yield subject
        finally:
            subject.end()
    except AssertionError as error:
        found.append(str(error))
    finally:
        scratch.give_back()
        end_all(workspace.folder)
        shutil.rmtree(workspace.folder, ignore_errors=True)
