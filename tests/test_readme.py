"""The README's promises, run: its commands and its configuration."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
FRAISIER = Path(sys.executable).parent / "fraisier"


def section(title: str) -> str:
    """Text of the README below a heading."""
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def blocks(text: str, language: str) -> list[str]:
    """Code blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def fraisier_lines(text: str) -> list[list[str]]:
    """Arguments of every ``fraisier`` line of the shell blocks, comments left out."""
    lines = [line for block in blocks(text, "bash") for line in block.splitlines()]
    split = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in split if words[:1] == ["fraisier"]]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``fraisier`` in a folder, without a configuration from outside."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        [str(FRAISIER), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Path]:
    """A committed service in a git repository; stopped at the end."""
    folder = tmp_path / "my_api"
    shutil.copytree(ROOT / "examples/hello", folder)
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "first"]):
        identity = ["-c", "user.name=reader", "-c", "user.email=reader@localhost"]
        subprocess.run(["git", *identity, *command], cwd=folder, check=True)
    yield folder
    run(folder, "stop", "my_api", "production")


def test_first_service__typed_as_printed__deploys(service: Path) -> None:
    """Every command of "Deploy your first service" works in the order in which it stands."""
    commands = fraisier_lines(section("Deploy your first service"))
    served = [words for words in commands if words[0] != "serve"]
    assert ["deploy", "my_api", "production"] in served
    for words in served:
        result = run(service, *words)
        assert result.returncode == 0, f"fraisier {' '.join(words)}\n{result.stdout}{result.stderr}"
        if words == ["init"]:
            use_this_python_on_a_free_port(service / "fraises.yaml")


def use_this_python_on_a_free_port(config: Path) -> None:
    """The template's interpreter and port are the reader's to choose."""
    text = config.read_text().replace("python3", sys.executable)
    config.write_text(re.sub(r"port: \d+", f"port: {free_port()}", text))


def test_first_service__configuration_as_printed__is_valid(tmp_path: Path) -> None:
    """The configuration of the README, with the webhook part before it, passes validation."""
    service, webhook = blocks(section("Deploy your first service"), "yaml")
    text = webhook.replace("${FRAISIER_WEBHOOK_SECRET}", "a-long-enough-secret") + service
    (tmp_path / "fraises.yaml").write_text(text)
    result = run(tmp_path, "config", "validate")
    assert result.returncode == 0, result.stderr


def test_targets__named_in_documents__exist() -> None:
    """Every ``make`` target that a document names is one."""
    makefile = (ROOT / "Makefile").read_text()
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    named = {
        target
        for path in documents
        for words in re.findall(
            r"`make ([a-z -]+)`|^make ([a-z-]+)", path.read_text(), re.MULTILINE
        )
        for target in " ".join(words).split()
    }
    assert named
    assert named - known == set()


def test_pages__linked_from_the_readme__exist() -> None:
    """No link of the README leads nowhere."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
