"""The wheel and the sdist carry all that Fraisier needs outside of the checkout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

pytest.importorskip("hatchling")

PROJECT = Path(__file__).resolve().parents[3]


def build(project: Path, folder: Path, target: str) -> Path:
    """Build one distribution of a project with its own back end."""
    argv = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(argv, cwd=project, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl" if target == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    return build(PROJECT, tmp_path_factory.mktemp("wheel"), "wheel")


class Installed:
    """The wheel in an environment of its own; its dependencies come from the test's."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.folder = folder
        venv.create(folder / "env", symlinks=True)
        place = next((folder / "env" / "lib").glob("python*/site-packages"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
        # A path in a .pth file is searched, but the .pth files there (editables) are not.
        (place / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def argv(self, *arguments: str) -> list[str]:
        """The command line of Fraisier here."""
        return [str(self.folder / "env" / "bin" / "python"), "-P", "-m", "fraisier", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Nothing that leads back to the checkout."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FRAISIER"))}
        return {**kept, "FRAISIER_WEBHOOK_SECRET": "a-secret-for-the-wheel"}

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed; its standard output."""
        done = subprocess.run(
            self.argv(*arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A folder with the program, and a project that ``init`` has begun."""
    program = Installed(wheel, tmp_path_factory.mktemp("installed"))
    program.run("init")
    return program


def names(wheel: Path) -> list[str]:
    """What a wheel holds."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


def test_wheel__sql_and_schema__are_packaged(wheel: Path) -> None:
    """Everything of db/ that a database is made from, the compiled schema, and no tests."""
    found = names(wheel)
    root = PROJECT.parent.parent
    for dialect in ("sqlite", "postgresql"):
        for path in (root / "db" / dialect).rglob("*.sql"):
            assert f"fraisier/_assets/{path.relative_to(root).as_posix()}" in found
    assert "fraisier/_assets/schema/compiled/CompiledSchema.json" in found
    assert "fraisier/_assets/db/objects.txt" in found
    for path in (root / "impl" / "dashboard").rglob("*.js"):
        assert f"fraisier/_assets/{path.relative_to(root).as_posix()}" in found
    assert not [name for name in found if "/tests/" in name]


def test_sdist__built_again__gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Who builds from the sdist gets what the checkout gives."""
    source = build(PROJECT, tmp_path, "sdist")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (unpacked,) = (tmp_path / "source").iterdir()
    again = build(unpacked, tmp_path / "again", "wheel")
    assert names(again) == names(wheel)


def test_wheel__commands__work_outside_of_the_checkout(installed: Installed) -> None:
    """The database is made from the packaged SQL, and the registry is read."""
    installed.run("db", "init")
    state = json.loads(installed.run("--json", "db", "status"))
    assert state["current"] is True
    listed = json.loads(installed.run("--json", "list"))
    assert listed["fraises"]


def test_wheel__dry_run__prints_a_plan(installed: Installed) -> None:
    """A plan needs neither a checkout nor a repository."""
    listed = json.loads(installed.run("--json", "list"))["fraises"][0]
    environment = listed["environments"][0]["name"]
    assert installed.run("deploy", listed["name"], environment, "--dry-run")


def test_wheel__server__serves_graphql(installed: Installed) -> None:
    """The compiled schema is found, and its statements fit the packaged views."""
    process = subprocess.Popen(
        installed.argv("serve", "--port", "0", "--no-observer"),
        cwd=installed.folder,
        env=installed.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        query = {"query": "{ fraises { name } deployments { id } }"}
        answer = httpx.post(f"{url}/graphql", json=query, timeout=20, trust_env=False)
        assert answer.json()["data"]["deployments"] == []
        assert answer.json()["data"]["fraises"]
        page = httpx.get(f"{url}/dashboard/app.js", timeout=20, trust_env=False)
        assert (page.status_code, page.headers["content-type"][:15]) == (200, "text/javascript")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()
