"""Images of releases that are gone."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fraisier.effects.compose import Engine
from fraisier.effects.files import remove_tree
from fraisier.providers.docker_compose_project import image_folder, image_tag


def remove_others(engine: Engine, project: str, made: Path, kept: Collection[str]) -> None:
    """Remove images and files of all releases of a project but these."""
    for path in made.iterdir() if made.is_dir() else ():
        if path.name not in kept:
            remove_tree(path)
    tags, prefix = {image_tag(name) for name in kept}, f"{image_folder(project)}/"
    listed = engine.ask("image", "ls", "--format", "{{.Repository}}\t{{.Tag}}")
    images = [line.split("\t") for line in listed.stdout.splitlines()]
    gone = [f"{name}:{tag}" for name, tag in images if name.startswith(prefix) and tag not in tags]
    if gone:
        engine.run(["image", "rm", *gone], 60.0, tell=False)
