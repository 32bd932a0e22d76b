"""
The environment file of ``fraiseql-confiture``, with the address that Fraisier knows.

A release may hold ``db/environments/NAME.yaml``: what it says about the schema and the
migrations counts, but never the address in it. Nobody but the owner may read the file.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from fraisier.deployers.database.settings import DatabaseSettings
from fraisier.domain.errors import FraisierError
from fraisier.effects.files import make_private_folder, write_json

DEFAULT_SCHEMA_FOLDER = "db/schema"
_FOLDERS = ("include_dirs", "exclude_dirs", "superuser_dirs", "superuser_post_dirs")


@contextmanager
def environment_file(settings: DatabaseSettings, release: Path, private: Path) -> Generator[Path]:
    """
    The file, while it is needed. JSON, which is YAML too.

    Raises:
        FraisierError: ``migration-failed``: the release lacks the file that was asked for,
            or it cannot be read.
    """
    document = environment_document(settings, release)
    for left in make_private_folder(private).glob("confiture-*.yaml"):
        left.unlink(missing_ok=True)  # of a worker that was killed: it holds a password
    path = private / f"confiture-{random.token_hex(6)}.yaml"
    try:
        write_json(path, document)
        yield path
    finally:
        path.unlink(missing_ok=True)


def environment_document(settings: DatabaseSettings, release: Path) -> dict[str, Any]:
    """What the release says, with our address and with folders that start at the release."""
    written = _written(settings, release)
    document: dict[str, Any] = {"include_dirs": [DEFAULT_SCHEMA_FOLDER], **written}
    document |= {"name": settings.environment, "database_url": settings.url}
    for key in _FOLDERS:
        if isinstance(document.get(key), list):
            document[key] = [_inside(release, item) for item in document[key]]
    return document


def _written(settings: DatabaseSettings, release: Path) -> Mapping[str, Any]:
    import yaml

    place = f"db/environments/{settings.environment}.yaml"
    file = release / place
    if not file.is_file():
        if "environment" in settings.explicit:
            raise FraisierError(f"the release has no {place}", code="migration-failed")
        return {}
    try:
        found: object = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise FraisierError(f"{place} is not YAML", code="migration-failed") from error
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def _inside(release: Path, item: Any) -> Any:
    if isinstance(item, dict):
        entry = cast("dict[str, Any]", item)
        return {**entry, "path": str(release / str(entry.get("path", "")))}
    return str(release / str(item))
