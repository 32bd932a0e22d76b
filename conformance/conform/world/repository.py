"""A real git repository of a tiny service: a bare origin and a working copy."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

from conform.surroundings import environment
from conform.verdicts import HarnessError
from conform.world.service import APP, WORKER


class Repository:
    """What a developer does: change, commit, push. Every method that commits pushes."""

    def __init__(self, folder: Path) -> None:
        self.origin = folder / "origin.git"
        self.copy = folder / "work"
        self._folder = folder
        shutil.copytree(_template(), folder, dirs_exist_ok=True)

    def commit(self, version: str, behaviour: str = "ok", branch: str = "main") -> str:
        """Commit a version of the service to a branch; return the full commit id."""
        return self.commit_files(
            {"version.txt": f"{version}\n", "behaviour.txt": f"{behaviour}\n"}, version, branch
        )

    def commit_files(self, files: dict[str, str], message: str, branch: str = "main") -> str:
        """Commit the given files (a shell script becomes executable); return the commit id."""
        self._switch(branch)
        for name, text in files.items():
            path = self.copy / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            if name.endswith(".sh"):
                path.chmod(0o755)
        self._git(self.copy, "add", "--all")
        self._git(self.copy, "commit", "--quiet", "--allow-empty", "-m", message)
        self._git(self.copy, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
        return self.head()

    def break_health(self, version: str, branch: str = "main") -> str:
        """Commit a version that starts but is never healthy."""
        return self.commit(version, "unhealthy", branch)

    def tag(self, name: str) -> str:
        """Tag the newest commit and push the tag; return the commit id."""
        self._git(self.copy, "tag", "--force", name)
        self._git(self.copy, "push", "--quiet", "--force", "origin", f"refs/tags/{name}")
        return self.head()

    def annotate(self, name: str) -> str:
        """Tag the newest commit with a tag that is an object itself; return the commit id."""
        self._git(self.copy, "tag", "--annotate", "--message", name, name)
        self._git(self.copy, "push", "--quiet", "origin", f"refs/tags/{name}")
        return self.head()

    def head(self) -> str:
        """The id of the newest commit of the working copy."""
        return self._git(self.copy, "rev-parse", "HEAD").strip()

    def _switch(self, branch: str) -> None:
        known = self._git(self.copy, "branch", "--list", branch).strip()
        current = self._git(self.copy, "symbolic-ref", "--short", "HEAD").strip()
        if current != branch:
            option = [] if known else ["-b"]
            self._git(self.copy, "checkout", "--quiet", *option, branch)

    def _git(self, folder: Path, *arguments: str) -> str:
        return _git(folder, self._folder, *arguments)


@functools.cache
def _template() -> Path:
    """What every repository starts as, made once a process: copying beats asking git."""
    folder = Path(tempfile.mkdtemp(prefix="conform-repository-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    quick = ("init", "--quiet", "--template=", "--initial-branch=main")
    _git(folder, folder, *quick, "--bare", "origin.git")
    _git(folder, folder, *quick, "work")
    _git(folder / "work", folder, "remote", "add", "origin", "../origin.git")
    (folder / "work" / "app.py").write_text(APP)
    (folder / "work" / "worker.py").write_text(WORKER)
    return folder


def _git(folder: Path, home: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HarnessError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
