"""
What a deployment is about to apply to a database, written down before it does.

Whoever dies, is cancelled or is stopped between the migration and its record leaves the
note, and the next deployment on this machine writes the record. The note only says what
was meant; what was really applied the database knows.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fraisier.deployers.base import Work
from fraisier.effects.files import make_private_folder, read_json, write_json


class Note(NamedTuple):
    """
    Versions, and whether the code that ran before can live with them.

    ``recorded`` is true when the database of Fraisier knows it as well.
    """

    deployment_id: str
    versions: tuple[str, ...]
    backward_compatible: bool
    recorded: bool = False

    def joined(self, later: Note) -> Note:
        """Both in one, of the later deployment."""
        versions = tuple(dict.fromkeys(self.versions + later.versions))
        compatible = self.backward_compatible and later.backward_compatible
        return Note(later.deployment_id, versions, compatible)


def read_note(work: Work) -> Note | None:
    """The last note of the environment, whoever wrote it."""
    found = read_json(_path(work))
    if found is None or not found.keys() >= {"deployment_id", "versions", "backward_compatible"}:
        return None
    versions = tuple(str(version) for version in found["versions"])
    compatible, recorded = found["backward_compatible"] is True, found.get("recorded") is True
    return Note(str(found["deployment_id"]), versions, compatible, recorded)


def write_note(work: Work, note: Note) -> None:
    """Replace the note: there is one deployment at a time."""
    make_private_folder(_path(work).parent)
    write_json(_path(work), note._asdict())


def _path(work: Work) -> Path:
    return work.provider.home(work.fraise) / "database" / "note.json"
