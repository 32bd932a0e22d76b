"""
What a deployment is about to do to a database, written down beside it before it does.

A worker that dies between the migration and its record leaves a note; the next one on
this machine finds it and writes the record. The database says what was really done.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fraisier.deployers.base import Work
from fraisier.effects.files import make_private_folder, read_json, write_json


def note_of(work: Work) -> dict[str, Any] | None:
    """The note that an earlier attempt of this deployment left."""
    note = read_json(_path(work))
    return note if note is not None and note.get("deployment_id") == work.deployment_id else None


def write_note(work: Work, **facts: Any) -> None:
    """Replace the note: there is one deployment at a time."""
    make_private_folder(_path(work).parent)
    write_json(_path(work), {"deployment_id": work.deployment_id, **facts})


def _path(work: Work) -> Path:
    return work.provider.home(work.fraise) / "database" / "note.json"
