"""One release of a Compose project on an engine: its images, and the command that starts it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.compose import Engine, failure
from fraisier.effects.files import make_private_folder, read_json, write_atomically
from fraisier.effects.process import Completed
from fraisier.providers.docker_compose_project import (
    Service,
    compose_file,
    environment_file,
    image_folder,
    image_tag,
    labels,
    override,
    own_services,
    project_name,
    read_services,
    services_asked_for,
    wanted_image,
)


@dataclass(frozen=True, slots=True)
class ComposeRelease:
    """
    A finished release folder and what is made of it.

    ``made`` is a folder beside the releases, with one folder for each: what Fraisier
    writes there (it holds secrets) must not get into an image, as it would by a
    ``COPY . .`` in the release folder.
    """

    fraise: FraiseConfig
    name: str
    folder: Path
    made: Path
    marker: Mapping[str, Any]
    facts: Mapping[str, str]
    engine: Engine

    @property
    def project(self) -> str:
        """Name of the Compose project."""
        return project_name(self.fraise)

    @property
    def target(self) -> Mapping[str, Any]:
        """The target as it was when the release was made."""
        return self.marker["snapshot"]["target"]

    @property
    def variables(self) -> dict[str, str]:
        """For the Compose file and for the services."""
        return {**self.marker["snapshot"]["variables"], **self.facts}

    @property
    def images(self) -> dict[str, str]:
        """The deployed services with the release's images; empty before :meth:`make`."""
        return (read_json(self.own / "images.json") or {}).get("images", {})

    @property
    def own(self) -> Path:
        """What was made for this release."""
        return self.made / self.name

    def is_made(self) -> bool:
        """Whether :meth:`make` came to its end and nobody removed an image since."""
        images = self.images
        return bool(images) and self.engine.holds(list(images.values()))

    def make(self) -> None:
        """
        Build what is built, pull what is pulled, and give both the name of the release.

        Raises:
            FraisierError: ``build-failed``, and what the engine raises.
        """
        make_private_folder(Path(self.facts["FRAISIER_SHARED"]))
        self._write("variables.env", environment_file(self.variables))
        services = self._read()
        own = own_services(services, services_asked_for(self.target))
        images = {name: self._image(name) for name in own}
        built = {each.name for each in services if each.is_built} - self._replaced(own)
        self._write("build.json", override({n: images[n] for n in own if n in built}, {}, {}))
        if built:
            self._compose("build", *sorted(built), files=("build.json",))
        self._pull([each for each in services if each.name not in built], own, images)
        self._write("images.json", json.dumps({"images": images}, indent=1))

    def up(self, fence: tuple[str, int] | None, wait_seconds: int) -> list[str]:
        """The arguments of docker that make this release the one that runs."""
        told = labels(self.fraise, self.name, self.marker, self.images, fence)
        # A name of its own: a worker that was overtaken writes no file of its successor.
        token = fence[1] if fence else 0
        for path in self.own.glob("up-*.json"):
            if int(path.stem.removeprefix("up-")) < token:
                path.unlink(missing_ok=True)
        name = f"up-{token}.json"
        self._write(name, override(self.images, self.variables, told))
        asked = services_asked_for(self.target)
        options = ["--detach", "--no-build", "--pull", "never", "--wait"]
        options += ["--wait-timeout", str(wait_seconds)]
        options += [] if asked else ["--remove-orphans"]
        return self._argv((name,), "up", *options, *asked)

    def _read(self) -> list[Service]:
        argv = self._argv((), "config", "--no-interpolate", "--format", "json")
        done = self.engine.run(argv, 60.0, tell=False)
        services = read_services(self._checked("compose config", done).stdout)
        # Once more with the variables filled in: one that is missing shows here.
        self._checked("compose config", self.engine.run(self._argv((), "config", "--quiet"), 60.0))
        return services

    def _replaced(self, own: Collection[str]) -> set[str]:
        """The service whose image the target names: it is not built."""
        asked = services_asked_for(self.target) or tuple(own)
        return {asked[0]} if "image" in self.target else set()

    def _pull(
        self, services: list[Service], own: Collection[str], images: Mapping[str, str]
    ) -> None:
        """
        What others need is fetched when it is missing. What the release consists of is
        fetched anew, unless its ``pull_policy`` says otherwise.
        """
        others = sorted(each.name for each in services if each.name not in own and each.pulling)
        if others:
            self._compose("pull", "--policy", "missing", "--ignore-buildable", *others)
        mine = [each for each in services if each.name in own]
        wanted = self._wanted(mine)
        text = {name: {"image": image} for name, image in wanted.items()}
        self._write("pull.json", json.dumps({"services": text}))
        for policy in ("always", "missing"):
            names = sorted(each.name for each in mine if each.pulling == policy)
            if names:
                self._compose("pull", "--policy", policy, *names, files=("pull.json",))
        for name, image in wanted.items():
            done = self.engine.run(["image", "tag", image, images[name]], 60.0)
            self._checked("image tag", done)

    def _wanted(self, services: list[Service]) -> dict[str, str]:
        """The images that services of the release have by the Compose file or the target."""
        if not services:
            return {}
        argv = self._argv((), "config", "--format", "json")
        done = self._checked("compose config", self.engine.run(argv, 60.0, tell=False))
        resolved = {each.name: each.image for each in read_services(done.stdout)}
        for name in self._replaced([each.name for each in services]):
            resolved[name] = wanted_image(self.target["image"], self.marker["version"])
        return {each.name: resolved.get(each.name) or "" for each in services}

    def _image(self, service: str) -> str:
        name = image_folder(service).removeprefix("fraisier/")
        return f"{image_folder(self.project)}/{name}:{image_tag(self.name)}"

    def _compose(self, *words: str, files: tuple[str, ...] = ()) -> None:
        seconds = self.fraise.environment.timeouts.build
        self._checked(f"compose {words[0]}", self.engine.run(self._argv(files, *words), seconds))

    def _checked(self, what: str, done: Completed) -> Completed:
        if not done.ok:
            raise FraisierError(failure(what, done), code="build-failed")
        return done

    def _argv(self, files: tuple[str, ...], *words: str) -> list[str]:
        """``docker compose`` for the release's own copy of the Compose file."""
        environment = [self.own / "variables.env"]
        declared = self.folder / ".env"
        if declared.is_file() and not declared.is_symlink():
            environment.insert(0, declared)
        compose = [compose_file(self.folder, self.target), *(self.own / name for name in files)]
        return [
            *("compose", "--ansi", "never", "--progress", "plain"),
            *("--project-name", self.project, "--project-directory", str(self.folder)),
            *(word for path in environment for word in ("--env-file", str(path))),
            *(word for path in compose for word in ("--file", str(path))),
            *words,
        ]

    def _write(self, name: str, text: str) -> None:
        write_atomically(make_private_folder(self.own) / name, text)
