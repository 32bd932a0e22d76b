"""A Compose project of one release: its file, its services, its images and its overrides."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.compose_turn import FENCE_LABEL, SCOPE_LABEL

FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
FRAISE_LABEL = "fraisier.fraise"
RELEASE_LABEL = "fraisier.release"
SERVICES_LABEL = "fraisier.services"
DEPLOYMENT_LABEL = "fraisier.deployment"

_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")


def project_name(fraise: FraiseConfig) -> str:
    """``target.project``, else fraise and environment: always the same, and no other's."""
    given = fraise.environment.target.get("project")
    name = f"{fraise.name}-{fraise.environment.name}"
    return given or _plain(name, _PROJECT, "a-project")


def services_asked_for(target: Mapping[str, Any]) -> tuple[str, ...]:
    """The services that the target names, the main one first."""
    named = [target["service"]] if "service" in target else []
    return tuple(dict.fromkeys([*named, *target.get("services", ())]))


def image_folder(project: str) -> str:
    """What the names of all images of a project begin with."""
    return f"fraisier/{_plain(project, _REPOSITORY, 'project')}"


def image_tag(release: str) -> str:
    """The tag of a release's images."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", release).lstrip("-.") or "release"


def _plain(name: str, allowed: re.Pattern[str], otherwise: str) -> str:
    """The name as it is, or what is left of it with a digest that keeps names apart."""
    if allowed.fullmatch(name):
        return name
    left = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or otherwise
    return f"{left}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the Compose file, as far as Fraisier looks at it."""

    name: str
    is_built: bool
    image: str | None
    varies: bool  # something in it depends on the release
    pull_policy: str = "always"

    @property
    def pulling(self) -> str | None:
        """How ``docker compose pull`` is to be asked, which itself does not look at the policy."""
        if self.pull_policy in ("never", "build"):
            return None
        return "missing" if self.pull_policy in ("missing", "if_not_present") else "always"


def read_services(document: str) -> list[Service]:
    """The services of ``docker compose config --no-interpolate --format json``."""
    found: Mapping[str, Any] = json.loads(document).get("services") or {}
    return [
        Service(
            name,
            is_built="build" in each,
            image=each.get("image"),
            varies="FRAISIER_" in json.dumps(each),
            pull_policy=each.get("pull_policy", "always"),
        )
        for name, each in found.items()
    ]


def own_services(services: Sequence[Service], asked: Sequence[str]) -> tuple[str, ...]:
    """
    The services that a release consists of: those asked for, else those that are built or
    depend on the release, else all. The others are started, and left alone when they run.

    Raises:
        FraisierError: ``build-failed``: there is no such service.
    """
    names = [each.name for each in services]
    for name in asked:
        if name not in names:
            message = f'the Compose file has no service "{name}"; it has {", ".join(names)}'
            raise FraisierError(message, code="build-failed", hint="see target.service")
    own = asked or [each.name for each in services if each.is_built or each.varies] or names
    if not own:
        raise FraisierError("the Compose file has no services", code="build-failed")
    return tuple(own)


def compose_file(folder: Path, target: Mapping[str, Any]) -> Path:
    """
    The Compose file of a release folder, never a file outside of it.

    Raises:
        FraisierError: ``build-failed``: there is none.
    """
    names = (target["file"],) if "file" in target else FILES
    for name in names:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    message = f"there is no {' or '.join(names)} in the repository"
    raise FraisierError(message, code="build-failed", hint="see target.file")


def wanted_image(image: str, version: str) -> str:
    """``target.image``: without a tag or digest the release's version is its tag."""
    tagged = "@" in image or ":" in image.rpartition("/")[2]
    return image if tagged else f"{image}:{image_tag(version)}"


def environment_file(variables: Mapping[str, str]) -> str:
    """The variables in the language of ``--env-file``."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in variables.items())


def _quoted(value: str) -> str:
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("$", "\\$"), ("\n", "\\n"), ("\r", "\\r")):
        value = value.replace(old, new)
    return f'"{value}"'


def override(
    images: Mapping[str, str], variables: Mapping[str, str], labels: Mapping[str, str]
) -> str:
    """The second Compose file: the release's images, variables and labels, nothing else."""
    common = {
        "environment": {name: value.replace("$", "$$") for name, value in variables.items()},
        "labels": {name: value.replace("$", "$$") for name, value in labels.items()},
    }
    services = {
        name: {"image": image, "pull_policy": "never", **common} for name, image in images.items()
    }
    return json.dumps({"services": services}, indent=1) + "\n"


def labels(
    fraise: FraiseConfig,
    release: str,
    marker: Mapping[str, Any],
    services: Collection[str],
    fence: tuple[str, int] | None,
) -> dict[str, str]:
    """What the containers of a release say about themselves."""
    told = {
        FRAISE_LABEL: fraise.label,
        RELEASE_LABEL: release,
        SERVICES_LABEL: ",".join(services),
        DEPLOYMENT_LABEL: str(marker.get("deployment_id", "")),
    }
    return {**told, SCOPE_LABEL: fence[0], FENCE_LABEL: str(fence[1])} if fence else told
