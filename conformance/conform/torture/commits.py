"""Thousands of real commits in one go: each asks the service to start once more."""

from __future__ import annotations

import subprocess
from pathlib import Path

from conform.surroundings import environment
from conform.verdicts import HarnessError

COMMIT = """\
commit refs/heads/main
committer forge <forge@example.com> {time} +0000
data <<END
push {number}
END
{origin}M 100644 inline number
data <<END
{number}
END

"""
FIRST_TIME = 1_700_000_000


def many(origin: Path, count: int, home: Path) -> list[str]:
    """
    Put ``count`` commits on top of the bare repository's branch main; their ids in order.

    Raises:
        HarnessError: git does not take them.
    """
    stream = "".join(
        COMMIT.format(
            time=FIRST_TIME + number,
            number=number,
            origin="" if number else "from refs/heads/main^0\n",
        )
        for number in range(count)
    )
    _git(origin, home, "fast-import", "--quiet", stdin=stream)
    listed = _git(origin, home, "rev-list", "--reverse", f"--max-count={count}", "main")
    found = listed.split()
    if len(found) != count:
        raise HarnessError(f"{len(found)} commits instead of {count}")
    return found


def branch(origin: Path, name: str, commit: str, home: Path) -> None:
    """Let a branch of the bare repository be at a commit."""
    _git(origin, home, "update-ref", f"refs/heads/{name}", commit)


def _git(origin: Path, home: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=origin,
        env=environment(home),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HarnessError(f"git {arguments[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout
