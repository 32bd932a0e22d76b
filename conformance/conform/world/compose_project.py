"""
The Compose project that scenarios deploy, and the private engine that they look at.

The image is busybox and a script. ``version.txt`` and ``behaviour.txt`` say what it does,
as for the service of ``service.py``: ``ok``, ``unhealthy``, ``crash``.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conform.labs import LABS
from conform.surroundings import environment
from conform.verdicts import HarnessError

# The builder that needs no plugin of its own.
BUILDER = {"DOCKER_BUILDKIT": "0"}
PLUGIN = ".docker/cli-plugins/docker-compose"
SERVE = """#!/bin/sh
version=$(cat /version.txt)
mkdir -p /www
echo "{\\"version\\": \\"$version\\"}" > /www/version
echo "service $version starts"
case $(cat /behaviour.txt) in
  ok) echo ok > /www/health;;
  crash) echo "service $version crashes"; exit 3;;
esac
exec httpd -f -p 8080 -h /www
"""
DOCKERFILE = """FROM {image}
COPY serve.sh version.txt behaviour.txt /
ENTRYPOINT ["/bin/sh", "/serve.sh"]
HEALTHCHECK --interval=300ms --timeout=2s --retries=4 CMD wget -q -O- http://127.0.0.1:8080/health
"""
COMPOSE = """services:
  cache:
    image: {image}
    command: [sleep, "3600"]
    init: true
    stop_grace_period: 1s
  api:
    build: .
    init: true
    stop_grace_period: 1s
    depends_on: [cache]
    environment: {{TOLD_VERSION: "${{FRAISIER_VERSION}}"}}
    ports: ["127.0.0.1:${{PUBLISHED_PORT}}:8080"]
"""


@dataclass(frozen=True, slots=True)
class Lab:
    """The engine of ``make lab-docker``."""

    docker_host: str
    plugin: Path
    image: str
    tcp_host: str

    @classmethod
    def here(cls) -> Lab:
        """The one that is around this process."""
        document = json.loads(Path(os.environ[LABS["lab-docker"].variable]).read_text())
        plugin = Path(document["plugin"])
        return cls(document["docker_host"], plugin, document["image"], document["tcp_host"])

    def files(self) -> dict[str, str]:
        """The repository of a project, but for its version and behaviour."""
        image = {"image": self.image}
        return {
            "serve.sh": SERVE,
            "Dockerfile": DOCKERFILE.format(**image),
            "compose.yaml": COMPOSE.format(**image),
        }

    def docker(self, *arguments: str) -> str:
        """
        What the docker command prints.

        Raises:
            HarnessError: It does not succeed.
        """
        done = subprocess.run(
            ["docker", *arguments],
            env={**environment(Path("/")), "DOCKER_HOST": self.docker_host, **BUILDER},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HarnessError(f"docker {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def build(self, name: str, version: str) -> None:
        """Make an image of the service by hand, as a build server does."""
        with tempfile.TemporaryDirectory(prefix="conform-image-") as folder:
            files = {**self.files(), "version.txt": f"{version}\n", "behaviour.txt": "ok\n"}
            for file, text in files.items():
                (Path(folder) / file).write_text(text)
            self.docker("build", "--quiet", "--tag", name, folder)

    def install(self, home: Path) -> None:
        """Give a home the Compose plugin."""
        plugin = home / PLUGIN
        plugin.parent.mkdir(parents=True)
        plugin.symlink_to(self.plugin)

    def containers(self, project: str) -> dict[str, Mapping[str, Any]]:
        """The containers of a project by service, as the engine describes them."""
        label = f"label=com.docker.compose.project={project}"
        ids = self.docker("ps", "--all", "--quiet", "--filter", label).split()
        found: list[Mapping[str, Any]] = json.loads(self.docker("inspect", *ids)) if ids else []
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in found}

    def images(self, project: str) -> list[str]:
        """The images that a project's releases have, as NAME:TAG."""
        listed = self.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
        return [name for name in listed if name.startswith(f"fraisier/{project}/")]

    def clean(self, project: str) -> None:
        """Take away all that a project has on the engine."""
        label = f"label=com.docker.compose.project={project}"
        containers = self.docker("ps", "--all", "--quiet", "--filter", label).split()
        if containers:
            self.docker("rm", "--force", "--volumes", *containers)
        networks = self.docker("network", "ls", "--quiet", "--filter", label).split()
        if networks:
            self.docker("network", "rm", *networks)
        images = [*self.images(project), *self.docker("image", "ls", "--quiet", project).split()]
        if images:
            self.docker("image", "rm", "--force", *images)
