"""
A custom provider in one Python file: static files in a folder that a web server reads.

    plugins: [folder_provider.py]
    fraises:
      site:
        environments:
          production:
            target: {provider: folder, directory: /srv/www/site}
"""

from pathlib import Path
from typing import ClassVar

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import DeploymentResult, FraiseConfig, HealthState, HealthStatus
from fraisier.effects.files import replace_symlink
from fraisier.providers import DeploymentProvider, register_provider


@register_provider
class FolderProvider(DeploymentProvider):
    """``current`` in the directory is a link to the release that serves."""

    name: ClassVar[str] = "folder"
    keys: ClassVar[frozenset[str]] = frozenset({"directory"})
    required: ClassVar[frozenset[str]] = frozenset({"directory"})

    def home(self, fraise: FraiseConfig) -> Path:
        """The directory itself: releases are built in it."""
        return Path(fraise.environment.target["directory"])

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """Where the link points."""
        link = self.home(fraise) / "current"
        return link.readlink().name if link.is_symlink() else None

    def is_running(self, fraise: FraiseConfig) -> bool:
        """Files serve as soon as they are there."""
        return self.current_release(fraise) is not None

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """Let the link point to the release, in one step."""
        previous = self.current_release(fraise)
        replace_symlink(self.home(fraise) / "current", f"releases/{version}")
        self.control.tell(f"{version} serves")
        return DeploymentResult(True, version, previous)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """The same with an older release."""
        return self.deploy(fraise, to_version).success

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """There must be an index.html."""
        if (self.home(fraise) / "current" / "index.html").is_file():
            return HealthStatus(HealthState.HEALTHY, "there is an index.html")
        return HealthStatus(HealthState.DOWN, "there is no index.html")

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """Files print nothing."""
        return ""

    def stop(self, fraise: FraiseConfig) -> bool:
        """Take the link away."""
        (self.home(fraise) / "current").unlink(missing_ok=True)
        return True

    def start(self, fraise: FraiseConfig) -> bool:
        """Files cannot be started without a release."""
        raise FraisierError("deploy a release instead", code="provider-failed")
